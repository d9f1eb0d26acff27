import Crypto
public import NIOCore
import NIOPosix

/// A file that grows while its bytes arrive, and becomes an object when all of them have.
///
/// Bytes are gathered to batches of 1 MiB; one batch is being hashed and
/// written by the thread pool while the next one fills, so the memory held is
/// that of two batches, and a slow disk slows the sender down. Every 32 MiB
/// the disk is told to start, so that little is left to wait for at the end.
///
/// One task uses an upload. Unless it is finished, the file goes with the object.
public final class StagedUpload {
    /// What was stored.
    public struct Receipt: Sendable, Equatable {
        public let sizeBytes: Int64
        /// SHA-256 of the bytes, 32 of them.
        public let sha256: [UInt8]
    }

    /// How many bytes were given to `write`.
    public private(set) var sizeBytes: Int64 = 0

    private static let batchBytes = 1024 * 1024
    private static let writebackBytes: Int64 = 32 * 1024 * 1024

    private let writer: BatchWriter
    private let threads: NIOThreadPool
    private var batch: [ByteBuffer] = []
    private var batchSize = 0
    private var writing: Task<Void, any Error>?
    private var writeback: Task<Void, any Error>?
    private var nextWriteback = StagedUpload.writebackBytes

    init(file: StagedFile, threads: NIOThreadPool) {
        writer = BatchWriter(file: file)
        self.threads = threads
    }

    public func write(_ buffer: ByteBuffer) async throws {
        batch.append(buffer)
        batchSize += buffer.readableBytes
        sizeBytes += Int64(buffer.readableBytes)
        if batchSize >= Self.batchBytes { try await flush() }
    }

    /// Makes the file durable and visible under the key.
    public func finish(as key: ObjectKey) async throws -> Receipt {
        try await flush()
        try await writing?.value
        try await writeback?.value
        let sha256 = try await threads.runIfActive { [writer] in
            try writer.file.place(as: key)
            return writer.digest()
        }
        return Receipt(sizeBytes: sizeBytes, sha256: sha256)
    }

    /// Gives up: the file is gone when this returns.
    public func abort() async {
        batch = []
        _ = await writing?.result
        _ = await writeback?.result
        try? await threads.runIfActive { [writer] in writer.file.remove() }
    }

    private func flush() async throws {
        try await writing?.value
        let full = batch
        batch.removeAll(keepingCapacity: true)
        batchSize = 0
        writing = Task { [writer, threads] in
            try await threads.runIfActive { try writer.append(full) }
        }
        if sizeBytes >= nextWriteback { try await startWriteback() }
    }

    private func startWriteback() async throws {
        nextWriteback = sizeBytes + Self.writebackBytes
        // An error of the disk is reported to one call only, so every result is looked at.
        try await writeback?.value
        writeback = Task { [writer, threads] in
            try await threads.runIfActive { try writer.file.descriptor.synchronize() }
        }
    }
}

/// Hashes and writes batches.
///
/// Unchecked because the hash changes: its upload starts a batch only after the one before has been written.
private final class BatchWriter: @unchecked Sendable {
    let file: StagedFile
    private var hash = SHA256()

    init(file: StagedFile) { self.file = file }

    func append(_ batch: [ByteBuffer]) throws {
        for buffer in batch {
            buffer.withUnsafeReadableBytes { hash.update(bufferPointer: $0) }
            try file.descriptor.write(buffer)
        }
    }

    func digest() -> [UInt8] { Array(hash.finalize()) }
}
