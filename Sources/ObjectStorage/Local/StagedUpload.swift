import NIOCore
import NIOPosix

/// A file that grows while its bytes arrive, and becomes an object when all of them have.
///
/// Bytes are gathered to blocks of 1 MiB. While one fills, the one before is
/// hashed and, beside that, written by the thread pool, so the memory held is
/// that of three blocks, and a slow disk slows the sender down.
///
/// Blocks go to the disk past the system's cache. The answer waits for the disk
/// anyway, and a copy in the cache would cost as much time as the hash does.
///
/// One task uses an upload. Unless it is finished, the file goes with the object.
final class StagedUpload: ObjectWriter {
    /// A block that jobs of the thread pool work on.
    private struct Lent {
        let block: UploadBlock
        let hashing: Task<Void, any Error>
        let writing: Task<Void, any Error>

        /// The block back, when both are done with it.
        func returned() async throws -> UploadBlock {
            let (hashed, written) = (await hashing.result, await writing.result)
            try hashed.get()
            try written.get()
            return block
        }
    }

    private static let maxLent = 2

    private(set) var sizeBytes: Int64 = 0

    private let file: StagedFile
    private let key: ObjectKey
    private let threads: NIOThreadPool
    private let hash = UploadHash()
    private var block = UploadBlock()
    private var lent: [Lent] = []
    private var writtenBytes: Int64 = 0

    init(file: StagedFile, key: ObjectKey, threads: NIOThreadPool) {
        self.file = file
        self.key = key
        self.threads = threads
    }

    func write(_ buffer: ByteBuffer) async throws {
        sizeBytes += Int64(buffer.readableBytes)
        var rest = buffer
        while rest.readableBytes > 0 {
            block.fill(from: &rest)
            if block.isFull { try await lend() }
        }
    }

    /// Makes the file durable and visible under the key.
    func finish() async throws -> ObjectReceipt {
        if block.count > 0 { try await lend() }
        while !lent.isEmpty { _ = try await lent.removeFirst().returned() }
        try await threads.runIfActive { [file, key] in try file.place(as: key) }
        return ObjectReceipt(sizeBytes: sizeBytes, sha256: hash.digest())
    }

    func abort() async {
        for loan in lent { _ = try? await loan.returned() }
        lent = []
        try? await threads.runIfActive { [file] in file.remove() }
    }

    private func lend() async throws {
        let (block, offset, hashedBefore) = (block, writtenBytes, lent.last?.hashing)
        writtenBytes += Int64(block.count)
        let hashing = Task { [hash, threads] in
            try await hashedBefore?.value
            try await threads.runIfActive { hash.update(with: block) }
        }
        let writing = Task { [file, threads] in
            try await threads.runIfActive { try file.write(block.bytes, at: offset) }
        }
        lent.append(Lent(block: block, hashing: hashing, writing: writing))
        if lent.count < Self.maxLent {
            self.block = UploadBlock()
        } else {
            self.block = try await lent.removeFirst().returned()
            self.block.clear()
        }
    }
}
