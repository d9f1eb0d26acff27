import Domain
import NIOCore

@testable import RequestParsers

/// What clients send.
extension Subject {
    static let requests = [
        Subject("multipart") { bytes in try parseForm(bytes) },
        Subject("part-header") { bytes in
            _ = try? HeaderParameters(bytes.text)["filename"]
            _ = try PartHeader(bytes.text)
        },
        Subject("tus-metadata") { bytes in _ = try TusMetadata(bytes.text)["filename"] },
        Subject("form") { bytes in
            for value in try FormCoding.decode(bytes).values { _ = LenientInteger.parse(value) }
        },
        Subject("json-form") { bytes in
            for value in try FormCoding.decodeJSON(ByteBuffer(bytes: bytes)).values { _ = LenientInteger.parse(value) }
        },
        Subject("number") { bytes in _ = LenientInteger.parse(bytes.text) },
        Subject("range") { bytes in
            for size in [0, 1, 1000, Int64.max] { check(ByteRange(header: bytes.text, sizeBytes: size), size) }
        },
        Subject("address") { bytes in _ = ClientAddress(bytes.text)?.description },
        Subject("limit") { bytes in
            _ = (RateLimit(bytes.text)?.description, Rate(bytes.text), ListenAddress(bytes.text))
        },
        Subject("picture") { bytes in _ = try UploadedPicture(bytes) },
        Subject("container") { bytes in _ = try ContainerSniffer.sniff(bytes) },
    ]

    /// The first byte says how the rest is cut into the pieces that arrive.
    private static func parseForm(_ bytes: [UInt8]) throws {
        var parser = MultipartParser(boundary: "b")
        let length = max(1, Int(bytes.first ?? 1))
        var rest = bytes.dropFirst()
        while !rest.isEmpty {
            parser.append(ByteBuffer(bytes: rest.prefix(length)))
            rest = rest.dropFirst(length)
            while try parser.next() != nil {}
        }
        try parser.finish()
    }

    private static func check(_ range: ByteRange, _ size: Int64) {
        guard case .part(let bytes) = range else { return }
        precondition(bytes.lowerBound >= 0 && bytes.upperBound <= size && !bytes.isEmpty, "a range beyond the object")
    }
}
