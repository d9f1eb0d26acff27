import NIOCore
import TestSupport
import Testing

@testable import API

@Suite struct MultipartParserTests {
    /// The parts of a form fed in pieces, each as `name|filename|bytes`.
    private func parse(_ form: [UInt8], boundary: String = "b", pieces: some Sequence<Int>) throws -> [String] {
        var parser = MultipartParser(boundary: boundary)
        var parts: [String] = []
        var rest = form[...]
        for size in pieces where !rest.isEmpty {
            parser.append(ByteBuffer(bytes: rest.prefix(size)))
            rest = rest.dropFirst(size)
            while let event = try parser.next() {
                switch event {
                case .part(let header): parts.append("\(header.name)|\(header.filename ?? "-")|")
                case .body(let bytes):
                    #expect(bytes.readableBytes > 0)
                    parts[parts.count - 1] += String(decoding: bytes.readableBytesView, as: Unicode.ASCII.self)
                case .partEnd: parts[parts.count - 1] += "."
                }
            }
        }
        try #require(rest.isEmpty)
        try parser.finish()
        return parts
    }

    private func parse(_ form: String, boundary: String = "b", size: Int = 1 << 20) throws -> [String] {
        try parse(Array(form.utf8), boundary: boundary, pieces: repeatElement(size, count: form.utf8.count + 1))
    }

    /// The file first and with a path in its name, data full of what looks like boundaries, an empty field.
    private let form =
        "preamble\r\n--b\r\nContent-Disposition: form-data; name=\"data\"; filename=\"../public/bear.mp4\"\r\n"
        + "Content-Type: application/octet-stream\r\n\r\n"
        + "x\r\n--\r\n-b\r\n--a\r\n--bc\r\n\r\n\r\r\n--b-x\r\n--b \tz\r"
        + "\r\n--b\r\ncontent-disposition: form-data; name=token\r\n\r\ntoken-1"
        + "\r\n--b  \t\r\nContent-Disposition:form-data;name=\"empty\"\r\n\r\n\r\n--b--\r\nepilogue\r\n--b\r\n"

    private let parts = [
        "data|bear.mp4|x\r\n--\r\n-b\r\n--a\r\n--bc\r\n\r\n\r\r\n--b-x\r\n--b \tz\r.", "token|-|token-1.", "empty|-|.",
    ]

    @Test(arguments: 1...64) func piecesOfAnySizeGiveTheSameParts(size: Int) throws {
        let found = try parse(form, size: size)
        #expect(found == parts)
    }

    @Test func randomSplitsGiveTheSameParts() throws {
        let form = Array(form.utf8)
        let dice = Dice(seed: Random.seed())
        for round in 0..<2000 {
            let pieces = (0...form.count).map { _ in dice.roll(1...(2 + round % 100)) }
            let found = try parse(form, pieces: pieces)
            try #require(found == parts)
        }
    }

    @Test func randomBytesArriveAsTheyWere() throws {
        let boundary = "--------------------------0123456789abcdef"
        let alphabet = Array("\r\n-0123456789abcdef".utf8)
        let dice = Dice(seed: Random.seed())
        for round in 0..<200 {
            let body = (0..<dice.roll(0...3000)).map { _ in
                round % 2 == 0
                    ? alphabet[dice.roll(0...(alphabet.count - 1))] : dice.roll(0...127 as ClosedRange<UInt8>)
            }
            let head = "--\(boundary)\r\nContent-Disposition: form-data; name=\"data\"; filename=\"a\"\r\n\r\n"
            let form = Array(head.utf8) + body + Array("\r\n--\(boundary)--".utf8)
            let pieces = (0...form.count).map { _ in dice.roll(1...100) }
            let expected = "data|a|" + String(decoding: body, as: Unicode.ASCII.self) + "."
            let found = try parse(form, boundary: boundary, pieces: pieces)
            try #require(found == [expected])
        }
    }

    @Test(arguments: [1, 1 << 20]) func anEmptyPartMayLackItsLineBreak(size: Int) throws {
        #expect(
            try parse("--b\r\nContent-Disposition: form-data; name=a\r\n\r\n--b--", size: size) == ["a|-|."]
        )
    }

    @Test func aFormMayHaveNoParts() throws {
        #expect(try parse("--b--\r\n") == [])
    }

    @Test(arguments: [
        (#"form-data; name="a\"b\\c""#, "a\"b\\c", nil),
        (#"form-data; name="a"; filename="q\"uoted.mp4""#, "a", "q\"uoted.mp4"),
        (#"form-data; name="a"; filename="a;b=c.mp4""#, "a", "a;b=c.mp4"),
        (#"form-data; name="a"; filename="x.mp4"; filename*=UTF-8''%e7%94%b5%20%22.mp4"#, "a", "电 \".mp4"),
        (#"form-data; name="a"; filename*=utf-8'en'b.mp4"#, "a", "b.mp4"),
        (#"form-data; name="a"; filename="x.mp4"; filename*=koi8-r''%C1.mp4"#, "a", "x.mp4"),
        (#"FORM-DATA;NAME=a ; FileName=b.mp4;"#, "a", "b.mp4"),
        (#"form-data; name="a"; filename="""#, "a", ""),
        (#"form-data; name="电影"; filename="/a/b/电影.mp4""#, "电影", "电影.mp4"),
        ("form-data;\r\n name=\"a\";\r\n\tfilename=\"folded.mp4\"", "a", "folded.mp4"),
    ])
    func dispositionsAreReadAsTheRFCsSay(value: String, name: String, filename: String?) throws {
        let header = try PartHeader("Content-Type: video/mp4\r\nContent-Disposition: \(value)")
        #expect(header.name == name)
        #expect(header.filename == filename)
    }

    @Test(arguments: [
        "Content-Disposition: form-data", "Content-Disposition: attachment; name=a", "Content-Type: text/plain", "",
        "Content-Disposition: form-data; name=\"a", "Content-Disposition: form-data; name", "no colon",
        "Content-Disposition: form-data; name=a; name=b",
        "Content-Disposition: form-data; name=a\r\nContent-Transfer-Encoding: base64",
    ])
    func aPartThatCannotBeNamedIsRefused(block: String) {
        #expect(throws: MultipartError.self) { try PartHeader(block) }
        #expect(throws: MultipartError.self) { try parse("--b\r\n\(block)\r\n\r\nx\r\n--b--") }
    }

    @Test(arguments: [
        "", "x", "--b", "--b\r\n", "--b\r\nContent-Disposition: form-data; name=a\r\n\r\nbody",
        "--b\r\nContent-Disposition: form-data; name=a\r\n\r\nbody\r\n--b",
        "--b\r\nContent-Disposition: form-data; name=a\r\n\r\nbody\r\n--b\r\n",
        "--b\r\nContent-Disposition: form-data; name=a\r\n\r\nbody\r\n--b-", "--c--",
    ])
    func aFormThatIsCutOffIsRefused(form: String) {
        for size in [1, 1 << 20] {
            #expect(throws: MultipartError.self) { try parse(form, size: size) }
        }
    }

    @Test func aHeaderThatDoesNotEndIsRefusedBeforeItFillsTheMemory() throws {
        var parser = MultipartParser(boundary: "b")
        parser.append(ByteBuffer(string: "--b\r\n"))
        #expect(throws: MultipartError.self) {
            for _ in 0..<100 {
                parser.append(ByteBuffer(repeating: UInt8(ascii: "x"), count: 1000))
                _ = try parser.next()
            }
        }
    }

    @Test(arguments: [
        ("multipart/form-data; boundary=abc", "abc"), ("Multipart/Form-Data;boundary=\"a b:c\"", "a b:c"),
        ("multipart/form-data; charset=utf-8; boundary=----WebKitFormBoundary7MA", "----WebKitFormBoundary7MA"),
    ])
    func theBoundaryIsFoundInTheContentType(header: String, boundary: String) throws {
        #expect(try MultipartParser.boundary(ofContentType: header) == boundary)
    }

    @Test(arguments: [
        nil, "", "multipart/form-data", "multipart/form-data; boundary=", "multipart/mixed; boundary=a", "text/plain",
        "multipart/form-data; boundary=\"a", "multipart/form-data; boundary=" + String(repeating: "a", count: 71),
        "multipart/form-data; boundary=ä",
    ])
    func aContentTypeWithoutBoundaryIsRefused(header: String?) {
        #expect(throws: MultipartError.self) { try MultipartParser.boundary(ofContentType: header) }
    }
}
