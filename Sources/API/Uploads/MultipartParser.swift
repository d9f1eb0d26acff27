import NIOCore

/// Reads `multipart/form-data` (RFC 7578) as it arrives.
///
/// Pieces of any size are appended and events taken until there is none. The
/// parser holds on to no more than a part's header or a beginning of the
/// boundary; the bytes of a part are slices of what was appended.
struct MultipartParser {
    enum Event: Equatable {
        /// A part begins.
        case part(PartHeader)
        /// Some bytes of the part.
        case body(ByteBuffer)
        case partEnd
    }

    private enum State { case preamble, header, body, epilogue }

    private enum Piece { case data(ByteBuffer), boundary(isLast: Bool) }

    /// How many bytes at the front are data, or a boundary's whole line.
    private enum Scan { case data(Int), boundary(Int, isLast: Bool), incomplete }

    static let maxHeaderBytes = 16 * 1024
    private static let maxPaddingBytes = 256
    private static let headerEnd = DelimiterSearch(Array("\r\n\r\n".utf8))

    private let delimiter: DelimiterSearch
    private var state = State.preamble
    /// Whether what is pending begins with the line break that ended a header.
    private var followsHeader = false
    private var pending: ByteBuffer

    init(boundary: String) {
        delimiter = DelimiterSearch(Array("\r\n--\(boundary)".utf8))
        // The first boundary has no line break before it; with one it is like the others.
        pending = ByteBuffer(string: "\r\n")
    }

    /// The boundary in a request's `Content-Type`.
    static func boundary(ofContentType header: String?) throws(MultipartError) -> String {
        guard let header else { throw MultipartError("the request has no Content-Type") }
        let type = try HeaderParameters(header)
        guard type.value == "multipart/form-data" else {
            throw MultipartError("the Content-Type is \(type.value), not multipart/form-data")
        }
        // RFC 2046 allows 70 characters, none of them beyond ASCII.
        guard let boundary = type["boundary"], (1...70).contains(boundary.utf8.count),
            boundary.utf8.allSatisfy({ (0x20...0x7E).contains($0) })
        else { throw MultipartError("the Content-Type has no boundary of 1 to 70 characters") }
        return boundary
    }

    mutating func append(_ buffer: ByteBuffer) {
        if pending.readableBytes == 0 {
            pending = buffer
        } else {
            pending.writeImmutableBuffer(buffer)
        }
    }

    /// The next event; `nil` when more bytes are needed.
    mutating func next() throws(MultipartError) -> Event? {
        switch state {
        case .preamble: try readPreamble()
        case .header: try readHeader()
        case .body: readBody()
        case .epilogue: discardEpilogue()
        }
    }

    /// To be called when no more bytes will come.
    func finish() throws(MultipartError) {
        guard case .epilogue = state else { throw MultipartError("the form ends before its last boundary") }
    }
}

extension MultipartParser {
    private mutating func readPreamble() throws(MultipartError) -> Event? {
        while let piece = readPiece() {
            guard case .boundary(let isLast) = piece else { continue }
            state = isLast ? .epilogue : .header
            return isLast ? nil : try readHeader()
        }
        return nil
    }

    private mutating func readHeader() throws(MultipartError) -> Event? {
        guard let length = headerLength(), length <= Self.maxHeaderBytes else {
            guard pending.readableBytes <= Self.maxHeaderBytes else {
                throw MultipartError("the header of a part is too long")
            }
            return nil
        }
        let block = pending.readString(length: length) ?? ""
        // The second line break stays: where a part is empty, it may be the one that its boundary begins with.
        pending.moveReaderIndex(forwardBy: length == 0 ? 0 : 2)
        state = .body
        followsHeader = true
        return .part(try PartHeader(block))
    }

    /// How long the header is, without the two line breaks that end it; `nil` while they have not come.
    private func headerLength() -> Int? {
        let bytes = pending.readableBytesUInt8Span
        let isEmpty = bytes.count >= 2 && bytes[0] == UInt8(ascii: "\r") && bytes[1] == UInt8(ascii: "\n")
        return isEmpty ? 0 : Self.headerEnd.firstMatch(in: bytes)
    }

    private mutating func readBody() -> Event? {
        switch readPiece() {
        case .data(let bytes): return .body(bytes)
        case .boundary(let isLast):
            state = isLast ? .epilogue : .header
            return .partEnd
        case nil: return nil
        }
    }

    /// What follows the last boundary means nothing.
    private mutating func discardEpilogue() -> Event? {
        pending.clear()
        return nil
    }

    private mutating func readPiece() -> Piece? {
        switch scan() {
        case .data(let length): takeData(length)
        case .boundary(let length, let isLast): takeBoundary(length, isLast: isLast)
        case .incomplete: nil
        }
    }

    /// What the front of the pending bytes is.
    private func scan() -> Scan {
        let bytes = pending.readableBytesUInt8Span
        guard let match = delimiter.firstMatch(in: bytes) else {
            return .data(delimiter.partialMatch(in: bytes) ?? bytes.count)
        }
        return match == 0 ? lineEnd(of: bytes) : .data(match)
    }

    /// What stands behind the boundary at the front: `--`, or spaces and a line break.
    private func lineEnd(of bytes: Span<UInt8>) -> Scan {
        let start = delimiter.pattern.count
        var index = start
        while index < bytes.count, bytes[index] == UInt8(ascii: " ") || bytes[index] == UInt8(ascii: "\t") {
            index += 1
        }
        guard index - start <= Self.maxPaddingBytes else { return .data(start) }
        guard index + 1 < bytes.count else {
            let isOpen = index == bytes.count || [UInt8(ascii: "\r"), UInt8(ascii: "-")].contains(bytes[index])
            return isOpen ? .incomplete : .data(start)
        }
        switch (bytes[index], bytes[index + 1]) {
        case (UInt8(ascii: "\r"), UInt8(ascii: "\n")): return .boundary(index + 2, isLast: false)
        case (UInt8(ascii: "-"), UInt8(ascii: "-")) where index == start: return .boundary(index + 2, isLast: true)
        default: return .data(start)
        }
    }

    private mutating func takeBoundary(_ length: Int, isLast: Bool) -> Piece {
        pending.moveReaderIndex(forwardBy: length)
        followsHeader = false
        return .boundary(isLast: isLast)
    }

    private mutating func takeData(_ length: Int) -> Piece? {
        guard length > 0 else { return nil }
        guard followsHeader else { return pending.readSlice(length: length).map(Piece.data) }
        followsHeader = false
        pending.moveReaderIndex(forwardBy: 2)
        return length > 2 ? pending.readSlice(length: length - 2).map(Piece.data) : readPiece()
    }
}
