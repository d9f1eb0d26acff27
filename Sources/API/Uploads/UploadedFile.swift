import Domain
import NIOCore
import ObjectStorage

/// The file of a form: looked at before it is stored, and counted.
final class UploadedFile {
    enum WriteResult { case written, tooLarge }

    let writer: any ObjectWriter
    private let maxBytes: Int64
    private var head = UploadHead([])

    init(writer: any ObjectWriter, maxBytes: Int64) {
        self.writer = writer
        self.maxBytes = maxBytes
    }

    /// - Throws: an ``APIError`` as soon as the first bytes show that this is no video.
    func write(_ bytes: ByteBuffer) async throws -> WriteResult {
        try await writer.write(bytes)
        guard writer.sizeBytes <= maxBytes else { return .tooLarge }
        try head.append(bytes)
        return .written
    }

    /// The last byte has come.
    func end() async throws { try head.judge() }
}
