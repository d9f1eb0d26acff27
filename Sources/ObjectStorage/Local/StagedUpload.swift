import NIOCore
import NIOPosix

/// A file that grows while its bytes arrive, and becomes an object when all of them have.
///
/// Blocks go to the disk past the system's cache. The answer waits for the disk
/// anyway, and a copy in the cache would cost as much time as the hash does.
///
/// One task uses an upload. Unless it is finished, the file goes with the object.
final class StagedUpload: ObjectWriter {
    private let file: StagedFile
    private let key: ObjectKey
    private let threads: NIOThreadPool
    private let hash: UploadHash
    private let blocks: BlockWriter

    init(file: StagedFile, key: ObjectKey, threads: NIOThreadPool) {
        let hash = UploadHash()
        (self.file, self.key, self.threads, self.hash) = (file, key, threads, hash)
        blocks = BlockWriter(at: 0, hash: hash, threads: threads) { try file.write($0.bytes, at: $1) }
    }

    var sizeBytes: Int64 { blocks.position }

    func write(_ buffer: ByteBuffer) async throws { try await blocks.write(buffer) }

    /// Makes the file durable and visible under the key.
    func finish() async throws -> ObjectReceipt {
        try await blocks.finish()
        try await threads.runIfActive { [file, key] in try file.place(as: key) }
        return ObjectReceipt(sizeBytes: sizeBytes, sha256: hash.digest())
    }

    func abort() async {
        await blocks.stop()
        try? await threads.runIfActive { [file] in file.remove() }
    }
}
