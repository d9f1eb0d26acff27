import Foundation
import HummingbirdTesting
import TestSupport
import Testing

@testable import API

/// Without nginx before it, the API ends by itself what does not arrive.
@Suite struct SlowRequestHandlerTests {
    private static let half = "GET /healthz HTTP/1.1\r\nHost: a\r\nX-Unfinished: "
    private static let login =
        "POST /douyin/user/login/ HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        + "Content-Length: 30\r\n\r\n"

    private func withImpatientAPI(_ test: @Sendable (TestAPI) async throws -> Void) async throws {
        // What Hummingbird does by itself after a minute is not what is tested.
        try await withAPI(
            .ahc(),
            configure: {
                $0.headTimeout = .seconds(2)
                $0.bodyTimeout = .seconds(3)
                $0.idleTimeout = .seconds(600)
            },
            test
        )
    }

    @Test(.timeLimit(.minutes(5)), arguments: ["", half, "GET /heal"])
    func aHeadThatDoesNotArriveEndsTheConnection(start: String) async throws {
        try await withImpatientAPI { (api) async throws in
            let connection = try await RawConnection(port: api.port)
            if !start.isEmpty { try await connection.send(start) }
            #expect(try await connection.readToEnd() == "")
        }
    }

    @Test(.timeLimit(.minutes(5))) func theNextHeadOfAConnectionHasAsLittleTime() async throws {
        try await withImpatientAPI { (api) async throws in
            let connection = try await RawConnection(port: api.port)
            for _ in 1...3 {
                try await connection.send("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(try await connection.read(until: "}").contains("200"))
            }
            try await connection.send(Self.half)
            #expect(try await connection.readToEnd() == "")
        }
    }

    @Test(.timeLimit(.minutes(5))) func aBodyThatStopsEndsTheConnectionAndOneThatGoesOnDoesNot() async throws {
        try await withImpatientAPI { (api) async throws in
            let stopped = try await RawConnection(port: api.port)
            try await stopped.send(Self.login + "username=ada")
            let slow = try await RawConnection(port: api.port)
            try await slow.send(Self.login)
            // Longer than one that stops is waited for; each byte is in time.
            for byte in "username=ad&password=aaaaaaaaa" {
                try await slow.send(String(byte))
                try await Task.sleep(for: .milliseconds(150))
            }
            #expect(try await slow.read(until: "}").contains("40104"))
            _ = try? await stopped.readToEnd()
        }
    }
}
