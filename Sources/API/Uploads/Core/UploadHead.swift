import Domain
import NIOCore

/// The first bytes of an upload, kept until they show whether it can be a video.
struct UploadHead: Sendable {
    /// `nil` once they were judged.
    private var bytes: ByteBuffer?

    /// - Parameter bytes: what was kept of the requests before; `nil` if that was judged already.
    init(_ bytes: [UInt8]?) { self.bytes = bytes.map { ByteBuffer(bytes: $0) } }

    /// Those of them that come before an offset.
    func bytes(upTo offset: Int64) -> [UInt8]? {
        bytes.map { Array($0.readableBytesView.prefix(Int(min(offset, Int64(ContainerSniffer.headBytes))))) }
    }

    /// - Throws: an ``APIError`` as soon as the first bytes show that this is no video.
    mutating func append(_ piece: ByteBuffer) throws(APIError) {
        guard var bytes else { return }
        let missing = max(0, ContainerSniffer.headBytes - bytes.readableBytes)
        bytes.writeImmutableBuffer(
            piece.getSlice(at: piece.readerIndex, length: min(piece.readableBytes, missing)) ?? piece
        )
        self.bytes = bytes
        if bytes.readableBytes >= ContainerSniffer.headBytes { try judge() }
    }

    /// To be called when no more bytes will come.
    mutating func judge() throws(APIError) {
        guard let bytes else { return }
        self.bytes = nil
        do {
            _ = try ContainerSniffer.sniff(Array(bytes.readableBytesView))
        } catch {
            throw APIError(.notAVideo, Phrase(error.message, chinese: error.chinese))
        }
    }
}
