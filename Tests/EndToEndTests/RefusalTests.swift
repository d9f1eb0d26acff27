import Foundation
import TestSupport
import Testing

/// What nginx refuses by itself looks like what the API refuses.
@Suite(.serialized) struct RefusalTests {
    /// A request as no library would send it.
    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let head: String
        let status: Int
        let name: String
        let number: Int
    }

    private static let long = String(repeating: "a", count: 300_000)

    static let cases = [
        Case(
            testDescription: "two lengths",
            head: "POST PATH HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
            status: 400,
            name: "malformed_request",
            number: 40000
        ),
        Case(
            testDescription: "headers that are too large",
            head: "GET PATH HTTP/1.1\r\nHost: a\r\nX-A: \(long)\r\n\r\n",
            status: 431,
            name: "headers_too_large",
            number: 43100
        ),
        Case(
            testDescription: "a body that is too large",
            head: "POST PATH HTTP/1.1\r\nHost: a\r\nContent-Length: 999999999999\r\n\r\n",
            status: 413,
            name: "file_too_large",
            number: 41302
        ),
        Case(
            testDescription: "a transfer encoding that is none",
            head: "POST PATH HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: brotli\r\n\r\n",
            status: 501,
            name: "not_implemented",
            number: 50100
        ),
        Case(
            testDescription: "TRACE",
            head: "TRACE PATH HTTP/1.1\r\nHost: a\r\n\r\n",
            status: 405,
            name: "wrong_method",
            number: 40501
        ),
    ]

    static func expectHeaders(_ reply: HTTPReply, _ what: String) {
        #expect(reply.headers["x-content-type-options"] == "nosniff", "\(what)")
        #expect(reply.headers["referrer-policy"] == "same-origin", "\(what)")
        #expect(reply.headers["cache-control"] == "no-store", "\(what)")
        #expect(reply.headers["x-request-id"]?.isEmpty == false, "\(what)")
    }

    @Test(.timeLimit(.minutes(10)), arguments: cases) func everyRefusalHasTheShapeOfItsPath(wrong: Case) async throws {
        let gateway = try await RunningGateway()
        for path in ["/douyin/feed/?token=t", "/api/v1/videos/1", "/media/videos/7/1/play.mp4"] {
            let connection = HTTPConnection(port: gateway.port, keepsAlive: false)
            let reply = try connection.send(raw: wrong.head.replacing("PATH", with: path))
            let json = try #require(try JSONSerialization.jsonObject(with: reply.body) as? [String: Any])
            #expect(reply.status == wrong.status, "\(path)")
            Self.expectHeaders(reply, path)
            if path.hasPrefix("/douyin") {
                #expect(json["status_code"] as? Int == wrong.number)
                #expect(reply.headers["content-type"] == "application/json")
            } else {
                #expect(json["code"] as? String == wrong.name && json["status"] as? Int == wrong.status)
                #expect(reply.headers["content-type"] == "application/problem+json")
            }
            if wrong.status == 405 { #expect(reply.headers["allow"]?.contains("GET") == true) }
        }
    }

    @Test(.timeLimit(.minutes(10))) func whatIsNoRequestOrHasTooLongAnAddressIsTold() async throws {
        let gateway = try await RunningGateway()
        for (head, status) in [
            ("nonsense\r\n\r\n", 400), ("GET / HTTP/9.1\r\nHost: a\r\n\r\n", 505),
            ("GET /\(Self.long) HTTP/1.1\r\nHost: a\r\n\r\n", 414),
        ] {
            let reply = try HTTPConnection(port: gateway.port, keepsAlive: false).send(raw: head)
            let json = try #require(try JSONSerialization.jsonObject(with: reply.body) as? [String: Any])
            #expect(reply.status == status && json["status"] as? Int == status)
            Self.expectHeaders(reply, "\(status)")
        }
    }

    @Test(.timeLimit(.minutes(10))) func whatDoesNotAnswerIs503AndPagesOfOthersMayReadIt() async throws {
        let gateway = try await RunningGateway(settings: ["CLIPYARD_CORS_ORIGINS": "https://app.test,https://b.test"])
        gateway.stopUpstream()
        for (origin, allowed) in [("https://app.test", "https://app.test"), ("https://evil.test", nil as String?)] {
            let answer = try HTTPAnswer("\(gateway.address)/api/v1/me", ["-H", "Origin: \(origin)"])
            #expect(answer.status == 503 && answer.json["code"] as? String == "unavailable", "\(answer.body)")
            #expect(answer.headers["access-control-allow-origin"] == allowed)
            #expect(answer.headers["retry-after"] == "5")
        }
        let douyin = try HTTPAnswer("\(gateway.address)/douyin/feed/")
        #expect(douyin.status == 503 && douyin.code == 50301)
        for path in ["/_refused/problem", "/_access", "/internal/videos/1/access"] {
            let answer = try HTTPAnswer("\(gateway.address)\(path)")
            #expect(answer.status == 404 && answer.json["code"] as? String == "not_found", "\(path): \(answer.body)")
        }
    }

    @Test(.timeLimit(.minutes(10))) func aLoadBalancerSaysWhoAsksAndNobodyElseDoes() async throws {
        let forwarded = ["-H", "X-Forwarded-For: 198.51.100.9, 192.0.2.7, 127.0.0.2"]
        let alone = try await RunningGateway()
        #expect(try HTTPAnswer("\(alone.address)/who", forwarded).body == "GET 127.0.0.1")
        let behind = try await RunningGateway(settings: ["CLIPYARD_TRUSTED_PROXIES": "127.0.0.0/8, 2001:db8::/32"])
        #expect(try HTTPAnswer("\(behind.address)/who", forwarded).body == "GET 192.0.2.7")
        #expect(try HTTPAnswer("\(behind.address)/who").body == "GET 127.0.0.1")
        let wrong = try Command(
            ["\(Programs.checkout)/docker/nginx/render", NSTemporaryDirectory() + "never"],
            environment: [
                "CLIPYARD_STORAGE": "/none", "CLIPYARD_MEDIA_SECRET": RunningGateway.secret,
                "CLIPYARD_TRUSTED_PROXIES": "10.0.0.1;evil",
            ]
        )
        #expect(wrong.status == 64 && wrong.standardError.contains("CLIPYARD_TRUSTED_PROXIES"))
    }

    @Test(.timeLimit(.minutes(10))) func cachesBetweenKeepWhatIsSetAndBrowsersComeBackWithTLS() async throws {
        let gateway = try await RunningGateway(settings: [
            "CLIPYARD_MEDIA_SHARED_SECONDS": "600", "CLIPYARD_LIST_SHARED_SECONDS": "60",
            "CLIPYARD_PUBLIC_URL": "https://clips.test", "CLIPYARD_HSTS_SECONDS": "77",
        ])
        try gateway.put("videos/7/1/play.mp4", Data(count: 10))
        try gateway.put("videos/7/1/hls/master.m3u8", Data("#EXTM3U".utf8))
        let kept = "public, max-age=31536000, immutable"
        for (path, shared) in [("play.mp4", 600), ("hls/master.m3u8", 60)] {
            let answer = try HTTPAnswer("\(gateway.address)/media/videos/7/1/\(path)", ["-o", "/dev/null"])
            #expect(answer.headers["cache-control"] == "\(kept), s-maxage=\(shared)")
            #expect(answer.headers["strict-transport-security"] == "max-age=77")
            #expect(answer.headers["x-content-type-options"] == "nosniff")
        }
        let plain = try await RunningGateway()
        try plain.put("videos/7/1/play.mp4", Data(count: 10))
        let answer = try HTTPAnswer("\(plain.address)/media/videos/7/1/play.mp4", ["-o", "/dev/null"])
        #expect(answer.headers["cache-control"] == kept && answer.headers["strict-transport-security"] == nil)
    }
}
