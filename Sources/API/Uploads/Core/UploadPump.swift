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
    /// `nil` where nobody can go on with the upload.
    private let acknowledger: Acknowledger?
    private let reserve: Reserve?
    private var reserved: Int64
    private var head: UploadHead
    private var checksum: UploadChecksum?

    /// Says up to where bytes may come, which is the position at least, or throws.
    typealias Reserve = @Sendable (_ position: Int64) async throws -> Int64

    /// Of bytes with a `checksum` nothing is acknowledged before it is verified.
    init(
        _ upload: UploadRecord,
        limit: Int64,
        writer: any UploadWriter,
        acknowledger: Acknowledger?,
        checksum: UploadChecksum?,
        reserve: Reserve? = nil
    ) {
        position = upload.offsetBytes
        self.limit = limit
        // The length of a form is not that of its file.
        isDeclared = upload.lengthBytes != nil && upload.kind != .form
        (self.reserve, reserved) = (reserve, upload.offsetBytes)
        self.writer = writer
        self.acknowledger = acknowledger
        self.checksum = checksum
        // The parts of a video need not look like one; of the others nothing was looked at before the first byte.
        let isUnseen = upload.offsetBytes == 0 && upload.kind != .partial
        head = UploadHead(isUnseen ? [] : upload.head)
    }

    func take(_ bytes: ByteBuffer) async throws {
        guard Int64(bytes.readableBytes) <= limit - position else {
            throw isDeclared ? APIError.longerThanDeclared(limit) : APIError.fileTooLarge(limit)
        }
        let end = position + Int64(bytes.readableBytes)
        if let reserve, end > reserved { reserved = try await reserve(end) }
        try head.append(bytes)
        checksum?.update(bytes)
        try await writer.write(bytes)
        position = end
        if checksum == nil { try await acknowledger?.tick(position: position, head: head) }
    }

    /// The request has ended as it should.
    func verify(isLast: Bool) throws {
        try checksum?.verify()
        if isLast { try head.judge() }
    }

    /// Makes all of it safe.
    func flush(isLast: Bool) async throws {
        await acknowledger?.stop()
        let mark = try await writer.flush(isLast: isLast)
        guard let acknowledger else { return }
        do {
            try await acknowledger.acknowledge(mark, head)
        } catch let error as APIError where error.code == .uploadTakenOver {
            await writer.settle(isRecorded: false)
            throw error
        }
        await writer.settle(isRecorded: true)
    }

    /// Makes all of an upload safe that comes in one request, and says what the store must keep in mind.
    func seal() async throws -> UploadMark {
        try verify(isLast: true)
        return try await writer.flush(isLast: true)
    }

    /// Lets the next one write.
    func close() async {
        await acknowledger?.stop()
        await writer.close()
    }

    /// Whether what came may be kept though the request broke off.
    var keepsFragments: Bool { checksum == nil }
}
