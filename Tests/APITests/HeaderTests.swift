import HTTPTypes
import HummingbirdTesting
import NIOCore
import TestSupport
import Testing

@testable import API

/// What every answer carries, and what addresses say to methods that they do not have.
@Suite struct HeaderTests {
    @Test func everyAnswerForbidsGuessingTypesAndTellingAddresses() async throws {
        try await withAPI { (api) async throws in
            for path in ["/healthz", "/douyin/feed/", "/api/v1/me", "/nowhere", "/static/avatar.png"] {
                let response = try await api.send(.get, path)
                #expect(response.headers[.xContentTypeOptions] == "nosniff", "\(path)")
                #expect(response.headers[.referrerPolicy] == "same-origin", "\(path)")
            }
        }
    }

    @Test(arguments: [
        ("/api/v1/me", "GET, HEAD, OPTIONS, PATCH"), ("/api/v1/me/password", "OPTIONS, PUT"),
        ("/api/v1/me/avatar", "DELETE, OPTIONS, PUT"), ("/api/v1/videos/1", "DELETE, GET, HEAD, OPTIONS"),
    ])
    func anotherMethodIsToldWhichThereAre(path: String, methods: String) async throws {
        try await withAPI { (api) async throws in
            let wrong = try await api.send(.post, path)
            #expect(wrong.status == .methodNotAllowed && wrong.headers[.allow] == methods)
            #expect(wrong.headers[.contentType] == "application/problem+json")
            let options = try await api.send(.options, path)
            #expect(options.status == .noContent && options.headers[.allow] == methods)
            #expect(options.headers[.accessControlAllowMethods]?.contains("PATCH") == true)
            #expect(try await api.send(.post, path + "/nowhere").status == .notFound)
        }
    }

    @Test func headIsAnsweredWhereGetIs() async throws {
        try await withAPI { (api) async throws in
            let token = try await api.register("ada").token
            for path in ["/healthz", "/readyz", "/api/v1/me", "/api/v1/videos/1", "/v/1/play.mp4"] {
                let headers: HTTPFields = [.authorization: "Bearer \(token)"]
                let get = try await api.send(.get, path, headers: headers)
                let head = try await api.send(.head, path, headers: headers)
                #expect(head.status == get.status, "\(path)")
                #expect(head.headers[.contentLength] == get.headers[.contentLength], "\(path)")
                #expect(head.body.readableBytes == 0, "\(path)")
            }
        }
    }

    @Test func pagesOfEveryOriginMayUseTheAPIUnlessSomeAreNamed() async throws {
        let origin = "https://app.test"
        for (origins, allowed) in [(["*"], "*"), ([origin], origin), (["https://other.test"], nil), ([], nil)] {
            try await withAPI(configure: { $0.corsOrigins = origins }) { (api) async throws in
                for (method, path) in [(HTTPRequest.Method.get, "/api/v1/me"), (.options, "/api/v1/uploads")] {
                    let response = try await api.send(method, path, headers: [.origin: origin])
                    #expect(response.headers[.accessControlAllowOrigin] == allowed, "\(path) \(origins)")
                    if origins != ["*"] { #expect(response.headers[.vary] == "Origin") }
                }
                // Nothing of the other surfaces is for pages of others.
                let feed = try await api.send(.get, "/douyin/feed/", headers: [.origin: origin])
                #expect(feed.headers[.accessControlAllowOrigin] == nil)
            }
        }
    }

    @Test func parametersMayComeAsJSON() async throws {
        try await withAPI { (api) async throws in
            let headers: HTTPFields = [.contentType: "application/json; charset=utf-8"]
            let body = #"{"username": "ada", "password": "lovelace", "unknown": null, "n": 1, "b": true}"#
            let made = try await api.send(.post, "/douyin/user/register/", headers: headers, body: .init(string: body))
            #expect(String(buffer: made.body).contains("\"status_code\":0"))
            for wrong in ["[]", "{", "{\"username\": {\"a\": 1}}", "7"] {
                let answer = try await api.send(
                    .post,
                    "/douyin/user/login/",
                    headers: headers,
                    body: .init(string: wrong)
                )
                #expect(String(buffer: answer.body).contains("40002"), "\(wrong)")
            }
        }
    }
}
