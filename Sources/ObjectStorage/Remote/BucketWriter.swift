import NIOCore
import NIOPosix

/// An object of unknown length on its way into a bucket.
///
/// Bytes are spooled in a file of the scratch folder until a part is full; while it is
/// sent, the next one fills. What is not longer than a part becomes an object by one
/// request. No more than a block is held in memory.
final class BucketWriter: ObjectWriter {
    private(set) var sizeBytes: Int64 = 0
    private let store: BucketObjectStore
    private let key: ObjectKey
    private let whole = WholeDigest()
    private var block = ByteBuffer()
    private var spool: PartSpool?
    private var upload: MultipartUpload?
    private var parts: [MultipartPart] = []
    private var sending: Task<MultipartPart, any Error>?
    private var isEnded = false

    private static let blockBytes = 1024 * 1024

    init(store: BucketObjectStore, key: ObjectKey) {
        self.store = store
        self.key = key
    }

    func write(_ buffer: ByteBuffer) async throws {
        sizeBytes += Int64(buffer.readableBytes)
        var rest = buffer
        while rest.readableBytes > 0 {
            let piece = rest.readSlice(length: min(rest.readableBytes, Self.blockBytes - block.readableBytes))
            block.writeImmutableBuffer(piece ?? rest)
            if block.readableBytes == Self.blockBytes { try await flush() }
        }
    }

    func finish() async throws -> ObjectReceipt {
        try await flush()
        let last = try await currentSpool()
        if parts.isEmpty, sending == nil {
            try await store.put(key, body: last.body, digest: last.digest)
        } else {
            if last.sizeBytes > 0 { try await send(last) }
            try await collectSent()
            _ = try await store.complete(currentUpload(), parts: parts)
        }
        isEnded = true
        spool = nil
        return ObjectReceipt(sizeBytes: sizeBytes, sha256: whole.finish())
    }

    func abort() async {
        guard !isEnded else { return }
        isEnded = true
        spool = nil
        sending?.cancel()
        _ = await sending?.result
        if let upload { await store.abandon(upload) }
    }

    /// Spools the block; sends a part when more than it comes.
    private func flush() async throws {
        var rest = block
        while rest.readableBytes > 0 {
            var spool = try await currentSpool()
            if spool.room == 0 {
                try await send(spool)
                self.spool = nil
                spool = try await currentSpool()
            }
            let piece = rest.readSlice(length: min(rest.readableBytes, spool.room)) ?? ByteBuffer()
            try await store.threads.runIfActive { [spool, whole] in
                whole.update(piece)
                try spool.append(piece)
            }
        }
        block.clear()
    }

    private func currentSpool() async throws -> PartSpool {
        if let spool { return spool }
        let number = parts.count + (sending == nil ? 1 : 2)
        guard MultipartUpload.partNumbers.contains(number) else {
            throw store.invalid("write", key, "the object is too long")
        }
        let spool = try await store.threads.runIfActive { [store] in
            try PartSpool(
                in: store.configuration.scratch,
                capacity: store.partBytes(number),
                store.client.dialect.digests
            )
        }
        self.spool = spool
        return spool
    }

    private func currentUpload() async throws -> MultipartUpload {
        if let upload { return upload }
        let begun = try await store.beginMultipart(key)
        upload = begun
        return begun
    }

    /// Starts to send a part when the one before has arrived.
    private func send(_ spool: PartSpool) async throws {
        try await collectSent()
        let (number, upload) = (parts.count + 1, try await currentUpload())
        sending = Task { [store] in
            try await store.putPart(number, of: upload, body: spool.body, digest: spool.digest)
        }
    }

    private func collectSent() async throws {
        guard let sending else { return }
        let part = try await withTaskCancellationHandler {
            try await sending.value
        } onCancel: {
            sending.cancel()
        }
        self.sending = nil
        parts.append(part)
    }
}
