import Foundation
import NIOCore
import Testing

@testable import API

@Suite struct JSONWriterTests {
    private func parse(_ bytes: ByteBuffer) throws -> NSDictionary {
        try #require(try JSONSerialization.jsonObject(with: Data(bytes.readableBytesView)) as? NSDictionary)
    }

    @Test func writesWhatParsersRead() throws {
        let json = JSONWriter.object { json in
            json.member("number", Int64.min)
            json.member("text", "plain")
            json.member("inner") { $0.member("flag", true) }
            json.member("empty") { _ in }
            json.member("none", [Int]()) { _, _ in }
            json.member("list", [1, 2]) { json, element in json.object { $0.member("n", Int64(element)) } }
            json.member("last", false)
        }
        let expected: NSDictionary = [
            "number": Int64.min, "text": "plain", "inner": ["flag": true], "empty": NSDictionary(), "none": NSArray(),
            "list": [["n": 1], ["n": 2]], "last": false,
        ]
        #expect(try parse(json) == expected, "\(String(buffer: json))")
    }

    @Test(arguments: ["", "\"\\/", "\n\r\t\u{8}\u{0}\u{1F}", "电影 👩‍👩‍👧 é \u{2028}", "</script>"])
    func textsComeBackAsTheyWere(text: String) throws {
        #expect(try parse(JSONWriter.object { $0.member("text", text) })["text"] as? String == text)
    }

    @Test func aMarkedValueStandsWhereItSays() throws {
        var position = 0
        let json = JSONWriter.object { json in
            json.member("first", "é")
            position = json.marked("flag", false)
        }
        #expect(json.getString(at: position, length: 5) == "false")
    }
}
