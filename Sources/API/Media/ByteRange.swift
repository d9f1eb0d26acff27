/// The header `Range` of a request (RFC 9110, 14.2), for one range of bytes.
enum ByteRange: Equatable {
    /// All of it: there is no header, or one that may be ignored, such as one with several ranges.
    case whole
    case part(Range<Int64>)
    /// Nothing of the object lies within it.
    case unsatisfiable

    init(header: String?, sizeBytes: Int64) {
        self = header.flatMap { Self.parse($0, sizeBytes: sizeBytes) } ?? .whole
    }

    private static func parse(_ header: String, sizeBytes: Int64) -> ByteRange? {
        guard let match = header.wholeMatch(of: /(?i:bytes)[ \t]*=[ \t]*([0-9]{0,18})-([0-9]{0,18})[ \t]*/) else {
            return nil
        }
        switch (Int64(match.1), Int64(match.2)) {
        case (nil, nil): return nil
        case (nil, let suffix?):
            return suffix > 0 && sizeBytes > 0 ? .part(max(0, sizeBytes - suffix)..<sizeBytes) : .unsatisfiable
        case (let first?, let last):
            if let last, last < first { return nil }
            return first < sizeBytes ? .part(first..<min(last.map { $0 + 1 } ?? sizeBytes, sizeBytes)) : .unsatisfiable
        }
    }
}
