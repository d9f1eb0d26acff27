import Crypto
import Database
import Domain
import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Postgres
import Testing

@testable import API

/// Uploads are their creators' alone, and of users only what they show is told.
@Suite struct OtherThingsTests {
    private static let unknownUpload = String(repeating: "0", count: 32)

    /// An upload of its creator's: open, or a part that is whole.
    private func makeUpload(_ api: TestAPI, token: String, isPart: Bool) async throws -> String {
        let tus = TusClient(api: api, token: token)
        let more: HTTPFields = isPart ? [.uploadConcat: "partial"] : [:]
        let address = try await tus.create(length: Clip.bytes.count, title: isPart ? nil : "A title", more)
        if isPart { #expect(try await tus.patch(address, at: 0, Clip.bytes).status == .noContent) }
        return String(try #require(address.split(separator: "/").last))
    }

    private func ask(_ question: UploadQuestion, _ upload: String, _ token: String?, _ api: TestAPI) async throws
        -> VisibleAnswer
    {
        var headers = question.headers
        if let concat = headers[.uploadConcat] { headers[.uploadConcat] = concat.replacing("{upload}", with: upload) }
        headers[.authorization] = token.map { "Bearer \($0)" }
        let path = question.path.replacing("{upload}", with: upload)
        let body = question.body.map { ByteBuffer(bytes: $0) }
        let response = try await api.send(question.method, path, headers: headers, body: body)
        return try VisibleAnswer(response, without: [])
    }

    @Test(arguments: UploadQuestion.all) func anUploadIsThereForItsCreatorAlone(question: UploadQuestion) async throws {
        try await withAPI { (api) async throws in
            let (ada, eve) = (try await api.register("ada"), try await api.register("eve"))
            let upload = try await makeUpload(api, token: ada.token, isPart: question.isAboutPart)
            let cancelled = try await makeUpload(api, token: ada.token, isPart: false)
            let tus = TusClient(api: api, token: ada.token)
            #expect(try await tus.send(.delete, "/api/v1/uploads/\(cancelled)").status == .noContent)
            for token in [nil, eve.token] {
                let none = try await ask(question, Self.unknownUpload, token, api)
                #expect(!none.isSuccess)
                for id in [upload, cancelled] { #expect(try await ask(question, id, token, api) == none) }
            }
            let none = try await ask(question, Self.unknownUpload, ada.token, api)
            let own = try await ask(question, upload, ada.token, api)
            #expect(own != none && own.isSuccess == question.isAnswered, "\(own)")
        }
    }

    /// A checksum names bytes, which tell nobody that somebody else has sent them.
    @Test func bytesThatOthersHaveSentAreUnknown() async throws {
        try await withAPI { (api) async throws in
            let (ada, eve) = (try await api.register("ada"), try await api.register("eve"))
            #expect(try await api.publish(token: ada.token).code == 0)
            let digest = SHA256.hash(data: Data(Clip.bytes)).map { String(format: "%02x", $0) }.joined()
            for (token, isKnown) in [(ada.token, true), (eve.token, false)] {
                var headers = TusClient.creation(length: Clip.bytes.count, title: nil)
                headers[.uploadMetadata] = TusClient.metadata([("title", "A title"), ("sha256", digest)])
                let answer = try await TusClient(api: api, token: token).send(.post, "/api/v1/uploads", headers)
                #expect((answer.headers[.uploadVideo] != nil) == isKnown)
                #expect(answer.headers[.uploadOffset] == (isKnown ? "\(Clip.bytes.count)" : "0"))
            }
        }
    }

    private func ask(_ question: UserQuestion, _ user: Int64, _ token: String?, _ way: RequestWay, _ api: TestAPI)
        async throws -> VisibleAnswer
    {
        let parameters = question.parameters.map { ($0.0, $0.1.replacing("{user}", with: "\(user)")) }
        let request = way.request(question.method, question.path, parameters, token: token)
        let response = try await api.send(request.method, request.path, headers: request.headers, body: request.body)
        return try VisibleAnswer(response, without: [user])
    }

    @Test(arguments: UserQuestion.all)
    func aUserIsAnsweredOfUnlessThereIsNoneAndNothingOfThemIsToldThatTheyDoNotShow(question: UserQuestion) async throws
    {
        try await withAPI { (api) async throws in
            // Numbers that are no part of another one.
            try await api.pool.execute("ALTER TABLE users ALTER id RESTART WITH 600001")
            let place = try await VisibilityPlace(api)
            _ = try await place.makeVideos()
            let deleted = try await api.register("gone")
            try await api.pool.execute("DELETE FROM users WHERE id = \(deleted.id)")
            try await keepSecrets(of: place)
            for token in [nil, place.stranger.token] {
                for way in [RequestWay.query, .form, .json] {
                    let none = try await ask(question, 900_001, token, way, api)
                    #expect(!none.isSuccess)
                    #expect(try await ask(question, deleted.id, token, way, api) == none)
                    let answer = try await ask(question, place.author.id, token, way, api)
                    #expect(answer.isSuccess == (token != nil || !question.isForMembers), "\(answer)")
                    if !answer.isSuccess { #expect(answer == none) }
                    for secret in ["secret", "argon2"] { #expect(!answer.description.contains(secret), "\(answer)") }
                }
            }
        }
    }

    /// What a user has written that others do not see: texts that are held, and what they write to a friend.
    private func keepSecrets(of place: VisibilityPlace) async throws {
        let (api, author) = (place.api, place.author)
        let friend = try await api.register("bob")
        for (one, other) in [(author, friend), (friend, author)] {
            let follow = "/douyin/relation/action/?to_user_id=\(other.id)&action_type=1&token=\(one.token)"
            #expect(try await api.post(follow).code == 0)
            let message = "to_user_id=\(other.id)&action_type=1&content=secret&token=\(one.token)"
            #expect(try await api.post("/douyin/message/action/?\(message)").code == 0)
        }
        try await api.pool.execute(
            "UPDATE users SET held_name = 'secret name', held_signature = 'secret signature' WHERE id = \(author.id)"
        )
    }
}
