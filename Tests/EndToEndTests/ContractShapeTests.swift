import Foundation
import Testing

/// The checker of the contract's shapes finds what it is there to find.
@Suite struct ContractShapeTests {
    private static let user = """
        {"id":7,"name":"ada","follow_count":0,"follower_count":0,"is_follow":false,"avatar":"http://127.0.0.1:1/a.png",\
        "background_image":"http://127.0.0.1:1/b.jpg","signature":"","total_favorited":0,"work_count":0,"favorite_count":0}
        """
    private static let answer = """
        {"status_code":0,"status_msg":"success","next_time":1700000000000,"video_list":[{"id":1,"author":\(user),\
        "play_url":"http://127.0.0.1:1/p.mp4","cover_url":"http://127.0.0.1:1/c.jpg","favorite_count":1,\
        "comment_count":2,"is_favorite":true,"title":"t","added":[1.5]}]}
        """

    private func violations(_ text: String) throws -> [String] {
        ContractRoute.feed.shape.violations(in: try StrictJSON(Data(text.utf8)))
    }

    @Test func whatTheContractSaysIsAllowed() throws { #expect(try violations(Self.answer) == []) }

    @Test(arguments: [
        ("\"id\":1", "\"id\":\"1\"", "answer.video_list[0].id"), ("\"id\":1", "\"id\":1.0", "answer.video_list[0].id"),
        ("\"id\":1", "\"id\":1e0", "answer.video_list[0].id"), ("\"id\":1", "\"id\":true", "answer.video_list[0].id"),
        ("\"id\":1", "\"id\":9223372036854775808", "answer.video_list[0].id"),
        ("\"id\":1", "\"id\":null", "answer.video_list[0].id"), ("\"id\":1", "\"ID\":1", "answer.video_list[0].id"),
        ("\"is_favorite\":true", "\"is_favorite\":1", "is_favorite"),
        ("\"is_favorite\":true", "\"is_favorite\":\"true\"", "is_favorite"),
        ("\"title\":\"t\"", "\"title\":5", "title"), ("\"title\":\"t\"", "\"title\":null", "title"),
        ("\"favorite_count\":1", "\"favorite_count\":-1", "favorite_count"),
        ("http://127.0.0.1:1/p.mp4", "/p.mp4", "play_url"), ("http://127.0.0.1:1/p.mp4", "", "play_url"),
        ("http://127.0.0.1:1/a.png", "", "avatar"), ("\"added\":[1.5]", "\"added\":[null]", "added[0]"),
        ("\"is_follow\":false,", "", "author.is_follow"), ("1700000000000", "\"1700000000000\"", "next_time"),
        ("\"status_code\":0", "\"status_code\":\"0\"", "status_code"), ("\"status_code\":0,", "", "status_code"),
    ])
    func aPlantedViolationIsFound(text: String, replacement: String, place: String) throws {
        let planted = Self.answer.replacing(text, with: replacement, maxReplacements: 1)
        #expect(planted != Self.answer)
        let found = try violations(planted)
        #expect(found.contains { $0.contains(place) }, "\(found)")
    }

    @Test(arguments: [
        "null", "[]", "{\"status_code\":0,\"status_msg\":\"\",\"next_time\":0,\"video_list\":null}",
        "{\"status_code\":0,\"status_msg\":\"\",\"next_time\":0,\"video_list\":{}}",
    ])
    func anotherDocumentIsAViolation(text: String) throws { #expect(try !violations(text).isEmpty) }

    @Test(arguments: [
        "", "{", "{\"a\":1,}", "[1 2]", "{\"a\":01}", "{\"a\":1}x", "{\"a\":1,\"a\":2}", "{'a':1}", "[NaN]", "[+1]",
        "[1.]",
        "[\"a\nb\"]", "[tru]",
    ])
    func whatIsNoJSONIsRefused(text: String) {
        #expect(throws: (any Error).self) { try StrictJSON(Data(text.utf8)) }
    }

    @Test func numbersAndWordsAreToldApart() throws {
        let text = #" [ 1 , 1.0 , 1e0 , -2 , true , "1" , null , "a\"\\ü\u4e2d" , {"a":[]} ] "#
        let values = try StrictJSON(Data(text.utf8)).items
        #expect(
            values == [
                .integer(1), .fraction("1.0"), .fraction("1e0"), .integer(-2), .bool(true), .string("1"), .null,
                .string("a\"\\ü中"), .object(["a": .array([])]),
            ]
        )
    }

    /// An object with the id 0 stands for none: no address of it leads anywhere.
    @Test func nobodyHasNoAvatar() throws {
        let nobody = Self.user.replacing("\"id\":7", with: "\"id\":0").replacing(/http:[^"]*/, with: "")
        let shape = ContractShape.user
        #expect(shape.violations(in: try StrictJSON(Data(nobody.utf8))) == [])
        #expect(
            shape.violations(in: try StrictJSON(Data(nobody.replacing("\"id\":0", with: "\"id\":7").utf8))).count == 2
        )
    }
}
