import HTTPTypes
import NIOCore
import TestSupport
import Testing

@testable import API

/// Forms whose token comes late, or never.
@Suite struct AnonymousFormTests {
    @Test func aFormWithoutATokenHasOnlySoMuchDisk() async throws {
        try await withAPI(configure: { $0.anonymousForms.bytesPerForm = 100_000 }) { (api) async throws in
            let ada = try await api.register("ada")
            #expect(try await api.publish(Clip.make(size: 100_000), token: ada.token).code == 0)
            let late = try await api.publish(Clip.make(size: 100_001), token: ada.token)
            #expect(late.code == 41301 && late.message.contains("token"))
            var form = MultipartForm()
            form.add("title", Array("A title".utf8))
            form.add("data", filename: "a.mp4", Clip.make(size: 100_002))
            #expect(try await api.publish(form, query: "?token=\(ada.token)").code == 0)
        }
    }

    @Test func onlySoManyFormsWaitForTheirToken() async throws {
        let forms = AnonymousForms(AnonymousFormLimits())
        let address = try #require(ClientAddress("192.0.2.1"))
        var places = try (0..<4).map { _ in try forms.enter(address) }
        #expect(throws: APIError.tooManyAnonymousForms) { try forms.enter(address) }
        let other = try forms.enter(ClientAddress("192.0.2.2"))
        try other.take(64 << 20)
        #expect(throws: APIError.tokenComesLate) { try other.take(1) }
        for place in places.prefix(2) { try place.take(64 << 20) }
        try places[2].take(60 << 20)
        #expect(throws: APIError.tooManyAnonymousForms) { try places[2].take(4 << 20) }
        places = []
        try forms.enter(address).take(64 << 20)
    }

    @Test func aFormWhoseTokenComesBeforeTheFileNeedsNoPlace() async throws {
        try await withAPI(configure: { $0.anonymousForms.perAddress = 0 }) { (api) async throws in
            let ada = try await api.register("ada")
            var early = MultipartForm()
            early.add("token", Array(ada.token.utf8))
            early.add("title", Array("A title".utf8))
            early.add("data", filename: "a.mp4", Clip.make(size: 1_000))
            #expect(try await api.publish(early).code == 0)
            #expect(try await api.publish(Clip.make(size: 1_001), token: ada.token).code == 50301)
        }
    }

    @Test func bodiesShareOneBudget() throws {
        let memory = BodyMemory(budgetBytes: 100)
        let first = BodyMemory.Share(of: memory)
        try first.take(60)
        do {
            let second = BodyMemory.Share(of: memory)
            try second.take(40)
            #expect(throws: APIError.bodiesFillMemory) { try second.take(1) }
        }
        memory.setBudget(101)
        try first.take(41)
        #expect(throws: APIError.bodiesFillMemory) { try first.take(1) }
    }

    @Test func noCoverComesBeforeTheToken() async throws {
        try await withAPI { (api) async throws in
            let ada = try await api.register("ada")
            var form = MultipartForm()
            form.add("cover", filename: "a.png", [1, 2, 3])
            form.add("token", Array(ada.token.utf8))
            let answer = try await api.publish(form)
            #expect(answer.code == 40006 && answer.message.contains("token"))
        }
    }
}
