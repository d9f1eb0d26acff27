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

    /// The times leave room for a machine that is busy.
    private func withImpatientAPI(
        headTimeout: Duration = .seconds(5),
        bodyTimeout: Duration = .seconds(10),
        _ test: @Sendable (TestAPI) async throws -> Void
    ) async throws {
        // What Hummingbird does by itself after a minute is not what is tested.
        try await withAPI(
            .ahc(),
            configure: {
                $0.headTimeout = headTimeout
                $0.bodyTimeout = bodyTimeout
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

    @Test(.timeLimit(.minutes(5))) func aBodyThatStopsEndsTheConnection() async throws {
        try await withImpatientAPI(headTimeout: .seconds(60), bodyTimeout: .seconds(2)) { (api) async throws in
            let connection = try await RawConnection(port: api.port)
            try await connection.send(Self.login + "username=ada")
            let answer = try await connection.readToEnd()
            #expect(answer.hasPrefix("HTTP/1.1 408 Request Timeout\r\n") && answer.contains("\"status_code\":40800"))
            let edit = Self.login.replacing("POST /douyin/user/login/", with: "PATCH /api/v1/me")
                .replacing("Host: a", with: "Host: a\r\nAuthorization: Bearer \(try await api.register("ada").token)")
            let problem = try await RawConnection(port: api.port)
            try await problem.send(edit + "{")
            #expect(try await problem.readToEnd().contains("\"code\":\"request_timeout\""))
        }
    }

    @Test(.timeLimit(.minutes(5))) func aBodyThatGoesOnIsReadToItsEnd() async throws {
        try await withImpatientAPI(headTimeout: .seconds(60)) { (api) async throws in
            let connection = try await RawConnection(port: api.port)
            try await connection.send(Self.login)
            // Longer in all than one that stops is waited for: time itself is what is tested.
            for byte in "username=ad&password=aaaaaaaaa" {
                try await connection.send(String(byte))
                try await Task.sleep(for: .milliseconds(400))
            }
            #expect(try await connection.read(until: "}").contains("40104"))
        }
    }
}
