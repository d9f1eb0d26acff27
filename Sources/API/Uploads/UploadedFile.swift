import Domain
import NIOCore
import ObjectStorage

/// The file of a form: looked at before it is stored, and counted.
final class UploadedFile {
    enum WriteResult { case written, tooLarge }

    let writer: any ObjectWriter
    private let maxBytes: Int64
    /// The first bytes, until there are enough to judge; then `nil`.
    private var head: ByteBuffer? = ByteBuffer()

    init(writer: any ObjectWriter, maxBytes: Int64) {
        self.writer = writer
        self.maxBytes = maxBytes
    }

    /// - Throws: an ``APIError`` as soon as the first bytes show that this is no video.
    func write(_ bytes: ByteBuffer) async throws -> WriteResult {
        try await writer.write(bytes)
        guard writer.sizeBytes <= maxBytes else { return .tooLarge }
        if var head {
            head.writeImmutableBuffer(
                bytes.getSlice(at: bytes.readerIndex, length: min(bytes.readableBytes, missing)) ?? bytes
            )
            self.head = head
            if missing == 0 { try judge() }
        }
        return .written
    }

    /// The last byte has come.
    func end() async throws { try judge() }

    private var missing: Int { max(0, ContainerSniffer.headBytes - (head?.readableBytes ?? 0)) }

    private func judge() throws {
        guard let head else { return }
        self.head = nil
        do {
            _ = try ContainerSniffer.sniff(Array(head.readableBytesView))
        } catch {
            throw APIError(.notAVideo, Phrase(error.message, chinese: error.chinese))
        }
    }
}
