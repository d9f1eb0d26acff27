import Database
import NIOCore
import ObjectStorage

/// Brings the bytes of one request to where they are stored: counted, looked at, checked, and acknowledged on the way.
actor UploadPump {
    /// Where the next byte goes.
    private(set) var position: Int64

    private let limit: Int64
    private let isDeclared: Bool
    private let writer: any UploadWriter
    private let acknowledger: Acknowledger
    private var head: UploadHead
    private var checksum: UploadChecksum?

    /// Of bytes with a `checksum` nothing is acknowledged before it is verified.
    init(
        _ upload: UploadRecord,
        limit: Int64,
        writer: any UploadWriter,
        acknowledger: Acknowledger,
        checksum: UploadChecksum?
    ) {
        position = upload.offsetBytes
        self.limit = limit
        isDeclared = upload.lengthBytes != nil
        self.writer = writer
        self.acknowledger = acknowledger
        self.checksum = checksum
        // The parts of a video need not look like one; of the others nothing was looked at before the first byte.
        let isUnseen = upload.offsetBytes == 0 && upload.kind != .partial
        head = UploadHead(isUnseen ? [] : upload.head)
    }

    func take(_ bytes: ByteBuffer) async throws {
        guard position + Int64(bytes.readableBytes) <= limit else {
            throw isDeclared ? APIError.longerThanDeclared(limit) : APIError.fileTooLarge(limit)
        }
        try head.append(bytes)
        checksum?.update(bytes)
        try await writer.write(bytes)
        position += Int64(bytes.readableBytes)
        if checksum == nil { try await acknowledger.tick(position: position, head: head) }
    }

    /// The request has ended as it should.
    func verify(isLast: Bool) throws {
        try checksum?.verify()
        if isLast { try head.judge() }
    }

    /// Makes all of it safe.
    func flush(isLast: Bool) async throws {
        await acknowledger.stop()
        try await acknowledger.acknowledge(writer.flush(isLast: isLast), head)
    }

    /// Lets the next one write.
    func close() async {
        await acknowledger.stop()
        await writer.close()
    }

    /// Whether what came may be kept though the request broke off.
    var keepsFragments: Bool { checksum == nil }
}
