import HTTPTypes
import Hummingbird
import Testing

@testable import API

@Suite struct DouyinParametersTests {
    private func parameters(
        _ uri: String,
        body: String = "",
        type: String? = "application/x-www-form-urlencoded",
        bearer: String? = nil
    ) async throws -> DouyinParameters {
        var headers = HTTPFields()
        headers[.contentType] = type
        headers[.authorization] = bearer
        headers[.contentLength] = "\(body.utf8.count)"
        let head = HTTPRequest(method: .post, scheme: "http", authority: "localhost", path: uri, headerFields: headers)
        return try await DouyinParameters(Request(head: head, body: RequestBody(buffer: ByteBuffer(string: body))))
    }

    @Test func theQueryWinsOverTheBody() async throws {
        let both = try await parameters("/?a=query&empty=", body: "a=body&b=body&empty=body")
        #expect(both["a"] == "query")
        #expect(both["b"] == "body")
        #expect(both["empty"] == "body")
        #expect(both["c"] == nil)
    }

    @Test func aBodyMayComeInChunks() async throws {
        let headers: HTTPFields = [.transferEncoding: "chunked"]
        let head = HTTPRequest(method: .post, scheme: "http", authority: "localhost", path: "/", headerFields: headers)
        let request = Request(head: head, body: RequestBody(buffer: ByteBuffer(string: "a=1")))
        #expect(try await DouyinParameters(request)["a"] == "1")
    }

    @Test func formsAreDecoded() async throws {
        let query = "a=1+2%203%2B&%E7%94%B5=%e5%bd%b1&novalue&=x&a=second&p=%zz%4"
        let form = try await parameters("/?\(query)", type: nil)
        #expect(form["a"] == "1 2 3+")
        #expect(form["电"] == "影")
        #expect(form["novalue"] == "")
        #expect(form["p"] == "%zz%4")
    }

    @Test func aBodyOfAnotherTypeIsNoParameters() async throws {
        #expect(try await parameters("/", body: "a=1", type: "text/plain")["a"] == nil)
        #expect(try await parameters("/", body: "a=1", type: nil)["a"] == "1")
        let type = "application/x-www-form-urlencoded; charset=utf-8"
        #expect(try await parameters("/", body: "a=1", type: type)["a"] == "1")
    }

    @Test func whatIsNotUTF8IsRefused() async throws {
        let error = await #expect(throws: APIError.self) { try await parameters("/?a=%ff") }
        #expect(error?.code == .invalidParameter)
    }

    @Test func aLongBodyIsRefused() async throws {
        let error = await #expect(throws: APIError.self) {
            try await parameters("/", body: String(repeating: "a=1&", count: 20_000))
        }
        #expect(error?.code == .requestTooLarge)
        #expect(error?.closesConnection == true)
    }

    @Test func theTokenComesFromQueryBodyOrHeader() async throws {
        #expect(try await parameters("/?token=q", body: "token=b", bearer: "Bearer h").token == "q")
        #expect(try await parameters("/?token=", body: "token=b", bearer: "Bearer h").token == "b")
        #expect(try await parameters("/?token=", bearer: "bearer  h ").token == "h")
        #expect(try await parameters("/?token=", body: "token=", bearer: "Basic h").token == nil)
    }
}
