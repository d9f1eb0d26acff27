import Foundation
import Testing

/// Media from a bucket through the gateway, as players ask for them.
@Suite(.serialized) struct MediaProxyTests {
    private static let play = "/media/videos/7/3/play.mp4"
    private let bytes = Data((0..<2_500_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) })

    private func gateway(_ settings: [String: String] = [:]) async throws -> RunningGateway {
        let gateway = try await RunningGateway(settings: settings)
        try gateway.put("videos/7/3/play.mp4", bytes)
        return gateway
    }

    /// Asks, and returns the body as bytes.
    private func get(
        _ gateway: RunningGateway,
        _ path: String,
        _ headers: [String: String] = [:],
        method: String = "GET"
    )
        throws -> HTTPReply
    {
        try HTTPConnection(port: gateway.port).send(HTTPRequest(method: method, path: path, headers: headers))
    }

    @Test(
        .timeLimit(.minutes(10)),
        arguments: [
            ("bytes=0-9", 0..<10), ("bytes=1048570-1048589", 1_048_570..<1_048_590),
            ("bytes=2499995-", 2_499_995..<2_500_000),
            ("bytes=-7", 2_499_993..<2_500_000), ("bytes=2000000-9999999", 2_000_000..<2_500_000),
        ]
    )
    func rangesAreThoseOfTheObjectWhereverTheyLieInItsSlices(range: String, expected: Range<Int>) async throws {
        let gateway = try await gateway()
        for status in ["MISS", "HIT"] {
            let reply = try get(gateway, Self.play, ["Range": range])
            #expect(reply.status == 206 && reply.body == bytes[expected])
            #expect(reply.headers["content-range"] == "bytes \(expected.lowerBound)-\(expected.upperBound - 1)/2500000")
            // Of several slices, the first says it; a range at the end asks for the first slice to know where it is.
            #expect(reply.headers["x-cache-status"] == status)
        }
    }

    @Test(.timeLimit(.minutes(10))) func aWholeObjectIsFetchedOnceAndAnsweredToAnyKindOfRequest() async throws {
        let gateway = try await gateway()
        let first = try get(gateway, Self.play)
        #expect(first.status == 200 && first.body == bytes && first.headers["x-cache-status"] == "MISS")
        let etag = try #require(first.headers["etag"])
        let fetched = try gateway.askedOfBucket().count
        #expect(fetched == 3)
        #expect(try get(gateway, Self.play).body == bytes)
        let head = try get(gateway, Self.play, method: "HEAD")
        #expect(head.status == 200 && head.headers["content-length"] == "2500000" && head.headers["etag"] == etag)
        #expect(try get(gateway, Self.play, ["If-None-Match": etag]).status == 304)
        #expect(try get(gateway, Self.play, ["Range": "bytes=0-3", "If-Range": etag]).status == 206)
        #expect(try get(gateway, Self.play, ["Range": "bytes=0-3", "If-Range": "\"x\""]).status == 200)
        // Several ranges may be answered with the whole (RFC 9110, 14.2).
        #expect(try get(gateway, Self.play, ["Range": "bytes=0-1,2000000-2000003"]).body == bytes)
        #expect(try gateway.askedOfBucket().count == fetched)
    }

    @Test(.timeLimit(.minutes(10))) func whatIsNotThereIsSaidInOurWordsAndTheStoresAreHidden() async throws {
        let gateway = try await gateway()
        let beyond = try get(gateway, Self.play, ["Range": "bytes=2500000-"])
        #expect(beyond.status == 416 && beyond.headers["content-range"] == "bytes */2500000")
        let missing = try get(gateway, "/media/videos/7/3/none.mp4")
        #expect(missing.status == 404 && missing.headers["content-type"] == "application/problem+json")
        let found = try get(
            gateway,
            Self.play,
            ["Cookie": "a=b", "Authorization": "Bearer t", "Origin": "https://a.example"]
        )
        for reply in [beyond, missing, found] {
            let ours: Set = [
                "server", "date", "connection", "content-type", "content-length", "content-range", "accept-ranges",
                "etag",
                "last-modified", "cache-control", "x-cache-status", "x-content-type-options", "referrer-policy",
                "x-request-id",
            ]
            let others = reply.headers.keys.filter { !ours.contains($0) && !$0.hasPrefix("access-control-") }
            #expect(others.isEmpty, "\(others)")
            #expect(reply.headers["access-control-allow-origin"] == "*")
        }
        #expect(found.headers["cache-control"] == "public, max-age=31536000, immutable")
        #expect(found.headers["access-control-expose-headers"] == "Content-Length, Content-Range, ETag")
        // Nor does the store see what is the client's: no cookie, no token, and the name that it answers to.
        let asked = try gateway.askedOfBucket()
        let host = try #require(asked.first?.split(separator: " ")[2])
        #expect(asked.allSatisfy { $0.contains(" \(host) ") && $0.hasSuffix(" [--]") && host.hasPrefix("127.0.0.1:") })
    }

    @Test(.timeLimit(.minutes(10))) func nothingButFinishedMediaIsServed() async throws {
        let gateway = try await gateway()
        for key in ["sources/7/source", "uploads/1/tail", "chunks/7/1/a", "videos/8/1/play.mp4", "profiles/7/a-1.png"] {
            try gateway.put(key, Data("secret".utf8))
        }
        #expect(
            try get(gateway, "/media/profiles/7/a-1.png").headers["content-security-policy"] == "default-src 'none'"
        )
        let paths = [
            "/media/sources/7/source", "/media/uploads/1/tail", "/media/chunks/7/1/a", "/media/videos/8/1/play.mp4",
            "/media/videos/7/3/", "/media/videos/7/3", "/media/videos/7/", "/media/videos/", "/media/", "/media",
            "/media/videos/7/3/../../../sources/7/source", "/media/videos/7/3/%2e%2e/%2e%2e/%2e%2e/sources/7/source",
            "/media/videos/7/3/play.mp4%3fa", "/media/videos/7/3/play.mp4%0d%0aX-A:%20b",
            "/media/videos/7/3/play.mp4%00",
            "/media/?list-type=2&prefix=sources", "/internal/videos/7/access", "/media//videos/7/3/..%2fplay.mp4",
        ]
        for path in paths {
            let reply = try get(gateway, path)
            #expect(reply.status == 404 || reply.status == 400 || path == "/media", "\(path): \(reply.status)")
            #expect(!String(decoding: reply.body, as: UTF8.self).contains("secret"), "\(path)")
        }
        let query = try get(gateway, "\(Self.play)?acl&response-content-type=text/html&versionId=1")
        #expect(query.status == 200 && query.headers["content-type"] == "video/mp4")
        #expect(try gateway.askedOfBucket().allSatisfy { !$0.contains("?") && !$0.contains("sources") })
    }

    @Test(
        .timeLimit(.minutes(10)),
        arguments: [
            ("hls/master.m3u8", "application/vnd.apple.mpegurl"), ("hls/720/init.mp4", "video/mp4"),
            ("hls/720/1.m4s", "video/iso.segment"), ("storyboard.vtt", "text/vtt"), ("cover.jpg", "image/jpeg"),
            ("preview.webp", "image/webp"),
        ]
    )
    func typesAreThoseOfHLSAndListsAreCompressed(path: String, type: String) async throws {
        let gateway = try await gateway()
        let text = try gateway.put("videos/7/3/\(path)", Data(String(repeating: "#EXTINF:2.0,\n", count: 200).utf8))
        let reply = try get(gateway, "/media/videos/7/3/\(path)", ["Accept-Encoding": "gzip"])
        #expect(reply.status == 200 && reply.headers["content-type"] == type)
        let isList = path.hasSuffix(".m3u8") || path.hasSuffix(".vtt")
        #expect(reply.headers["content-encoding"] == (isList ? "gzip" : nil))
        #expect(try get(gateway, "/media/videos/7/3/\(path)").body == text)
    }

    @Test(.timeLimit(.minutes(10))) func playersOnOtherSitesMayAsk() async throws {
        let gateway = try await gateway()
        let preflight = try get(
            gateway,
            Self.play,
            ["Origin": "https://a.example", "Access-Control-Request-Headers": "range"],
            method: "OPTIONS"
        )
        #expect(preflight.status == 204 && preflight.headers["access-control-allow-origin"] == "*")
        #expect(preflight.headers["access-control-allow-headers"]?.contains("Range") == true)
        #expect(preflight.headers["access-control-allow-methods"] == "GET, HEAD")
        for method in ["PUT", "POST", "DELETE", "PATCH"] {
            let reply = try get(gateway, Self.play, method: method)
            #expect(reply.status == 405 && reply.headers["allow"] == "GET, HEAD, OPTIONS", "\(method)")
        }
    }

    @Test(.timeLimit(.minutes(10))) func whatIsCachedIsServedWhileEverythingBehindIsDeadAndWhatIsNotIs503() async throws
    {
        let gateway = try await gateway(["CLIPYARD_GATEWAY_CACHE_SECONDS": "1", "CLIPYARD_GATEWAY_ACCESS_SECONDS": "1"])
        #expect(try get(gateway, Self.play).body == bytes)
        gateway.stopUpstream()
        let stale = try await eventually(within: 10, "what was cached is old") {
            let reply = try get(gateway, Self.play)
            return reply.headers["x-cache-status"] == "STALE" ? reply : nil
        }
        #expect(stale.status == 200 && stale.body == bytes)
        for path in ["/media/videos/7/3/cover.jpg", "/media/videos/9/3/play.mp4"] {
            let reply = try get(gateway, path)
            #expect(reply.status == 503 && reply.headers["retry-after"] == "5", "\(path): \(reply.status)")
        }
        try gateway.startUpstream()
        _ = try await eventually(within: 10, "the store is asked again") {
            try get(gateway, Self.play).headers["x-cache-status"] == "REVALIDATED" ? true : nil
        }
    }

    @Test(.timeLimit(.minutes(10))) func aVideoThatIsTakenDownOrDeletedIsGoneFromTheCacheToo() async throws {
        let gateway = try await gateway(["CLIPYARD_GATEWAY_CACHE_SECONDS": "1", "CLIPYARD_GATEWAY_ACCESS_SECONDS": "1"])
        try gateway.put("videos/7/3/cover.jpg", Data("cover".utf8))
        for path in [Self.play, "/media/videos/7/3/cover.jpg"] { #expect(try get(gateway, path).status == 200) }
        try FileManager.default.removeItem(atPath: "\(gateway.bucket)/videos/7/3/cover.jpg")
        _ = try await eventually(within: 10, "a deleted object is gone") {
            try get(gateway, "/media/videos/7/3/cover.jpg").status == 404 ? true : nil
        }
        gateway.stopUpstream()
        try gateway.startUpstream(visible: [])
        _ = try await eventually(within: 10, "a hidden video is gone") {
            try get(gateway, Self.play).status == 404 ? true : nil
        }
    }

    @Test(.timeLimit(.minutes(10))) func aSignatureIsGoodForItsFolderUntilItExpiresAndForNothingElse() async throws {
        let gateway = try await gateway()
        try gateway.put("videos/8/3/hls/master.m3u8", Data("#EXTM3U".utf8))
        try gateway.put("videos/8/3/hls/1.m4s", Data("segment".utf8))
        try gateway.put("videos/8/4/play.mp4", Data("other".utf8))
        let good = gateway.privatePath("videos/8/3", expiresIn: 60)
        // What a playlist names is relative to it.
        for (file, text) in [("hls/master.m3u8", "#EXTM3U"), ("hls/1.m4s", "segment")] {
            let reply = try get(gateway, "\(good)/\(file)")
            #expect(reply.status == 200 && reply.body == Data(text.utf8))
            #expect(reply.headers["cache-control"] == "private, no-cache")
            #expect(reply.headers["x-cache-status"] == "MISS")
        }
        #expect(try get(gateway, "\(good)/hls/1.m4s").headers["x-cache-status"] == "HIT")
        #expect(try get(gateway, "\(good)/hls/2.m4s").status == 404)
        let parts = good.split(separator: "/").map(String.init)
        let refused =
            [
                gateway.privatePath("videos/8/3", expiresIn: -1), good.replacing("videos/8/3", with: "videos/8/4"),
                good.replacing("videos/8/3", with: "videos/7/3"),
                good.replacing(parts[2], with: "\((Int(parts[2]) ?? 0) + 1)"),
                good.replacing(parts[3], with: String(parts[3].reversed())),
            ].map { "\($0)/play.mp4" } + [gateway.privatePath("videos/8/3", expiresIn: -1) + "/hls/1.m4s"]
        for path in refused {
            let reply = try get(gateway, path)
            #expect(reply.status == 403 && reply.headers["cache-control"] == "no-store", "\(path): \(reply.status)")
        }
        // It is in the cache now, and still nobody finds it without the signature.
        #expect(try get(gateway, "/media/videos/8/3/hls/1.m4s").status == 404)
        #expect(try get(gateway, "/media/private/1/x/videos/8/3/hls/1.m4s").status == 404)
        #expect(try get(gateway, gateway.privatePath("sources/8/3", expiresIn: 60) + "/source").status == 404)
    }

    @Test(.timeLimit(.minutes(10))) func aSignatureIsRefusedOnceItsVideoIsHiddenAndGoodAgainOnceItIsShown() async throws
    {
        let gateway = try await gateway()
        try gateway.put("videos/8/3/hls/1.m4s", Data("segment".utf8))
        let path = gateway.privatePath("videos/8/3", expiresIn: 600) + "/hls/1.m4s"
        #expect(try get(gateway, path).status == 200)
        for (signed, status) in [([] as [Int], 404), ([8], 200)] {
            gateway.stopUpstream()
            try gateway.startUpstream(visible: [7], signed: signed)
            let reply = try await eventually(within: 10, "the address is \(status)") {
                let reply = try get(gateway, path)
                return reply.status == status ? reply : nil
            }
            // What is refused is in the cache all the while.
            #expect(reply.headers["x-cache-status"] == (status == 200 ? "HIT" : nil))
            #expect(reply.headers["cache-control"] == (status == 200 ? "private, no-cache" : "no-store"))
        }
        // While the API is away, what it said last holds.
        gateway.stopUpstream()
        #expect(try get(gateway, path).status == 200)
    }

    @Test(.timeLimit(.minutes(10))) func itsOwnStateIsToldToThisMachineAlone() async throws {
        let gateway = try await gateway()
        let status = try HTTPAnswer("http://127.0.0.1:\(gateway.statusPort)/stub_status")
        #expect(status.status == 200 && status.body.contains("Active connections"))
        #expect(try HTTPAnswer("http://127.0.0.1:\(gateway.statusPort)/").status == 404)
        #expect(!(try HTTPAnswer("\(gateway.address)/stub_status").body.contains("Active connections")))
    }

    @Test(.timeLimit(.minutes(10))) func bodiesPassUntilTheyAreLargerThanAnyUpload() async throws {
        let gateway = try await gateway(["CLIPYARD_UPLOAD_MAX_BYTES": "1", "CLIPYARD_PICTURE_MAX_BYTES": "2"])
        let edge = 1 + 2 + 64 << 20
        for (length, path, status) in [
            (edge, "/api/v1/x", 200), (edge + 1, "/api/v1/x", 413), (edge + 1, "/douyin/publish/action/", 413),
        ] {
            let file = try TemporaryFolder()
            FileManager.default.createFile(atPath: "\(file.path)/body", contents: Data(count: length))
            let answer = try HTTPAnswer(gateway.address + path, ["-X", "POST", "--data-binary", "@\(file.path)/body"])
            #expect(answer.status == status, "\(length): \(answer.status)")
            guard status == 413 else { continue }
            #expect(
                path.hasPrefix("/douyin") ? answer.code == 41302 : answer.json["code"] as? String == "file_too_large"
            )
        }
    }

    @Test(.timeLimit(.minutes(10))) func withACertificateItSpeaksHTTP2() async throws {
        let folder = try TemporaryFolder()
        let (certificate, key) = ("\(folder.path)/cert.pem", "\(folder.path)/key.pem")
        let made = try Command([
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days",
            "2",
            "-subj", "/CN=localhost", "-keyout", key, "-out", certificate,
        ])
        try #require(made.status == 0, "\(made.standardError)")
        let gateway = try await gateway(["CLIPYARD_TLS_CERTIFICATE": certificate, "CLIPYARD_TLS_KEY": key])
        let spoken = try Command([
            "curl", "-sSk", "--http2", "-o", "/dev/null", "-w", "%{http_version} %{http_code}",
            gateway.address + Self.play,
        ])
        #expect(spoken.standardOutput == "2 200", "\(spoken)")
        let plain = try HTTPAnswer("http://127.0.0.1:\(gateway.port)\(Self.play)?a=b")
        #expect(plain.status == 301)
        #expect(plain.headers["location"] == "https://127.0.0.1:\(gateway.port)\(Self.play)?a=b")
    }
}
