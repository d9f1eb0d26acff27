import Foundation
import Testing

/// Requests that never arrive cost their senders, and nobody else.
@Suite(.serialized) struct SlowRequestTests {
    private static let halfHead = "GET /x HTTP/1.1\r\nHost: a\r\nX-Unfinished: "
    private static let halfBody =
        "POST /douyin/user/login/ HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        + "Content-Length: 100\r\n\r\nusername=ada&password="

    @Test(.timeLimit(.minutes(10))) func thousandsOfHalfSentHeadsCostNobodyElseAndAreEnded() async throws {
        let folder = try TemporaryFolder()
        // The limit of an address is about requests that have arrived, so these do not use it up.
        let gateway = try await RunningGateway(settings: ["CLIPYARD_GATEWAY_CONNECTIONS_PER_ADDRESS": "50"])
        let slow = try SlowClients(3000, port: gateway.port, sending: Self.halfHead, log: "\(folder.path)/slow.log")
        try await slow.waitUntilOpen()
        for number in 1...20 {
            #expect(try HTTPAnswer("\(gateway.address)/other/\(number)").status == 200)
        }
        // Each is ended by the other side, which is a fact; how soon is a setting.
        try await slow.waitUntilClosed()
        #expect(try HTTPAnswer("\(gateway.address)/after").status == 200)
    }

    @Test(.timeLimit(.minutes(10))) func anAddressHasSoManyRequestsAtATimeAndBodiesThatStopAreEnded() async throws {
        let folder = try TemporaryFolder()
        let clipyard = try await RunningClipyard(
            home: "\(folder.path)/home",
            environment: ["CLIPYARD_GATEWAY_CONNECTIONS_PER_ADDRESS": "20", "CLIPYARD_BODY_SECONDS": "6"]
        )
        let slow = HTTPConnection(port: clipyard.port)
        let body = "username=nobody&password=" + String(repeating: "x", count: 75)
        try slow.sendPart(Self.halfBody.components(separatedBy: "username")[0])
        var rest = body[...]
        let stopped = (1...19).map { _ in HTTPConnection(port: clipyard.port) }
        for connection in stopped { try connection.sendPart(Self.halfBody) }
        let refused = try await eventually(within: 60, "one more is refused") {
            let answer = try HTTPAnswer("\(clipyard.api.address)/douyin/feed/")
            return answer.status == 429 ? answer : nil
        }
        #expect(refused.code == 42901 && refused.headers["retry-after"] != nil)
        // One that keeps sending goes on for longer than any that stopped.
        while stopped.contains(where: { !$0.hasAnswer }), let next = rest.popFirst() {
            try slow.sendPart(String(next))
            try await Task.sleep(for: .milliseconds(200))
        }
        for connection in stopped {
            try #require(connection.hasAnswer, "bodies that stopped are still waited for")
            let late = try connection.readReply()
            let json = try #require(try JSONSerialization.jsonObject(with: late.body) as? [String: Any])
            #expect(late.status == 408 && json["status_code"] as? Int == 40800)
            RefusalTests.expectHeaders(late, "408")
        }
        try slow.sendPart(String(rest))
        let reply = try slow.readReply()
        #expect(reply.status == 200 && String(decoding: reply.body, as: UTF8.self).contains("status_code"))
        _ = try await eventually(within: 30, "the address is served again") {
            try HTTPAnswer("\(clipyard.api.address)/douyin/feed/").status == 200 ? true : nil
        }
        #expect(clipyard.stop() == 0)
    }
}
