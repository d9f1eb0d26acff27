import Foundation
import HTTPTypes
import HummingbirdTesting
import Logging
import NIOConcurrencyHelpers
import NIOCore
import Postgres
import Testing

@testable import API

@Suite struct OperationsTests {
    private func problem(_ response: TestResponse) throws -> [String: Any] {
        #expect(response.headers[.contentType] == "application/problem+json")
        let json =
            try JSONSerialization.jsonObject(with: Data(response.body.readableBytesView)) as? [String: Any] ?? [:]
        #expect(json["status"] as? Int == response.status.code)
        #expect((json["detail"] as? String)?.isEmpty == false)
        return json
    }

    @Test func healthIsThatOfTheProcessAndReadinessThatOfItsParts() async throws {
        try await withAPI { (api) async throws in
            #expect(try await api.send(.get, "/healthz").status == .ok)
            #expect(try await api.send(.get, "/readyz").status == .ok)
            try FileManager.default.removeItem(atPath: "\(api.folder)/.staging")
            let noStore = try await api.send(.get, "/readyz")
            #expect(noStore.status == .serviceUnavailable)
            #expect(try problem(noStore)["code"] as? String == "unavailable")
            await api.pool.close()
            let noDatabase = try await api.send(.get, "/readyz")
            #expect(noDatabase.status == .serviceUnavailable)
            #expect(try problem(noDatabase)["detail"] as? String == "The database does not answer.")
            #expect(noDatabase.headers[.retryAfter] != nil)
            #expect(try await api.send(.get, "/healthz").status == .ok)
        }
    }

    @Test func unknownRoutesAnswerInTheShapeOfTheirPart() async throws {
        try await withAPI { (api) async throws in
            for uri in ["/douyin/", "/douyin/nothing/", "/douyin/feed/more/"] {
                let answer = try await api.get(uri)
                #expect(answer.status == .notFound && answer.code == 40401 && !answer.message.isEmpty)
            }
            let elsewhere = try await api.send(.get, "/nothing")
            #expect(elsewhere.status == .notFound)
            #expect(try problem(elsewhere)["code"] as? String == "unknown_route")
        }
    }

    @Test(arguments: [
        ("/douyin/feed/", HTTPRequest.Method.post, "GET"), ("/douyin/user/register/", .get, "POST"),
        ("/douyin/user/login", .put, "POST"), ("/douyin/user/", .delete, "GET"),
        ("/douyin/publish/action/", .get, "POST"),
        ("/douyin/publish/list/", .patch, "GET"),
    ])
    func wrongMethodsSayTheRightOne(uri: String, method: HTTPRequest.Method, right: String) async throws {
        try await withAPI { (api) async throws in
            let answer = try Answer(await api.send(method, uri))
            #expect(answer.status == .methodNotAllowed && answer.code == 40501)
            #expect(answer.headers[.allow] == right && answer.message.contains(right))
        }
    }

    @Test func everyErrorCodeIsAnHTTPStatusAndHasANameOfItsOwn() {
        let names = APIErrorCode.allCases.map(\.name)
        #expect(Set(names).count == names.count)
        #expect(APIErrorCode.usernameTaken.name == "username_taken")
        for code in APIErrorCode.allCases { #expect((400...599).contains(code.status.code)) }
    }

    @Test func oneLinePerRequestWithoutSecrets() async throws {
        let log = TestLog()
        try await withAPI(logger: log.logger) { (api) async throws in
            let id: HTTPField.Name = .xRequestID
            let uri = "/douyin/user/login/?username=ada&password=hunter22&token=not-a-token"
            let response = try await api.send(.post, uri, headers: [id: "from-the-gateway-1"])
            #expect(response.headers[id] == "from-the-gateway-1")
            let other = try await api.send(.get, "/healthz", headers: [id: "bad id\u{1b}[0m"])
            // The id is hexadecimal, so only a space or an escape tells that the header came through.
            #expect(other.headers[id]?.contains("bad id") == false)
        }
        let requests = log.lines.filter { $0.message == "request" }
        #expect(requests.count == 2)
        let line = try #require(requests.first).metadata
        #expect(line["http.path"] == "/douyin/user/login/" && line["http.method"] == "POST")
        #expect(line["http.status"] == "200" && line["error.code"] == "wrong_credentials")
        #expect(line["request.id"] == "from-the-gateway-1")
        #expect(!log.lines.contains { "\($0)".contains("hunter22") || "\($0)".contains("not-a-token") })
    }

    @Test func whenTheDatabaseIsGoneTheMessageIsForPeople() async throws {
        let log = TestLog()
        try await withAPI(logger: log.logger) { (api) async throws in
            try await api.pool.execute("DROP TABLE users CASCADE")
            let answer = try await api.post("/douyin/user/login/?username=ada&password=12345")
            #expect(answer.status == .ok && answer.code == 50001)
            let id = try #require(answer.headers[.xRequestID])
            #expect(answer.message.contains(id))
            #expect(!answer.message.contains("users"))
            #expect(answer.json["user_id"] as? Int == 0 && answer.json["token"] as? String == "")
        }
        #expect(log.lines.contains { $0.level == .error && "\($0.metadata)".contains("users") })
    }
}

/// Keeps what is logged.
final class TestLog: Sendable {
    struct Line { let level: Logger.Level, message: String, metadata: [String: String] }

    private let kept = NIOLockedValueBox<[Line]>([])
    var lines: [Line] { kept.withLockedValue { $0 } }
    var logger: Logger { Logger(label: "test") { _ in Handler(log: self) } }

    private struct Handler: LogHandler {
        let log: TestLog
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.debug

        init(log: TestLog) { self.log = log }

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let all = metadata.merging(event.metadata ?? [:]) { $1 }.mapValues { "\($0)" }
            log.kept.withLockedValue { $0.append(Line(level: event.level, message: "\(event.message)", metadata: all)) }
        }
    }
}
