import NIOCore
import NIOPosix
import Synchronization

/// Writes a file from some place on while its bytes arrive, and hashes them.
///
/// Bytes are gathered to blocks (``UploadMemory`` says of which size). While one fills, the one before is
/// hashed and, beside that, written by the thread pool, so the memory held is
/// that of three blocks, and a slow disk slows the sender down.
///
/// Unchecked because it changes: one task uses it, but for `writtenBytes`.
final class BlockWriter: @unchecked Sendable {
    /// A block that jobs of the thread pool work on.
    private struct Lent {
        let block: UploadBlock
        let end: Int64
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

    typealias Write = @Sendable (_ block: UploadBlock, _ offset: Int64) throws -> Void

    private static let maxLent = 2

    /// The end of the file, once everything given to `write` is in it.
    private(set) var position: Int64
    private var hash: UploadHash?
    private let threads: NIOThreadPool
    private let writeBlock: Write
    private var block: UploadBlock
    private var lent: [Lent] = []
    /// Where the block that is being filled begins.
    private var blockStart: Int64
    /// How much of it is in the file already.
    private var flushedCount = 0
    private let written: Mutex<Int64>

    init(at offset: Int64, hash: UploadHash?, threads: NIOThreadPool, write: @escaping Write) {
        position = offset
        blockStart = offset
        written = Mutex(offset)
        self.hash = hash
        self.threads = threads
        writeBlock = write
        UploadMemory.begin()
        block = UploadBlock(capacity: UploadMemory.nextBlockBytes)
    }

    deinit { UploadMemory.end() }

    /// Up to where everything is in the file.
    var writtenBytes: Int64 { written.withLock { $0 } }

    func write(_ buffer: ByteBuffer) async throws {
        position += Int64(buffer.readableBytes)
        var rest = buffer
        while rest.readableBytes > 0 {
            block.fill(from: &rest, upTo: capacity)
            if block.count == capacity { try await lend() }
        }
    }

    /// Writes what has been gathered; returns once all of it is in the file.
    func flush() async throws {
        try await drain()
        guard block.count > flushedCount else { return }
        // The block stays, to be filled and then written again as a whole: hashed once, and aligned.
        try await threads.runIfActive { [block, blockStart, writeBlock] in try writeBlock(block, blockStart) }
        flushedCount = block.count
        advance(to: position)
    }

    /// Writes and hashes the rest; what comes afterwards begins a block of its own.
    func finish() async throws {
        if block.count > 0 { try await lend() }
        try await drain()
    }

    /// Hashes what comes from now on, after `finish`.
    func startHashing(_ hash: UploadHash?) { self.hash = hash }

    /// Waits until nobody works on a block.
    func stop() async {
        for loan in lent { _ = try? await loan.returned() }
        lent = []
    }

    /// What the block may take: the first ends where the disk wants blocks to begin.
    private var capacity: Int { block.capacity - Int(blockStart % Int64(UploadBlock.alignment)) }

    private func drain() async throws {
        while !lent.isEmpty { _ = try await takeBack() }
    }

    private func takeBack() async throws -> UploadBlock {
        let loan = lent.removeFirst()
        let block = try await loan.returned()
        advance(to: loan.end)
        return block
    }

    private func advance(to end: Int64) { written.withLock { $0 = max($0, end) } }

    private func lend() async throws {
        let (block, offset, hashedBefore) = (block, blockStart, lent.last?.hashing)
        let hashing = Task { [hash, threads] in
            try await hashedBefore?.value
            guard let hash else { return }
            try await threads.runIfActive { hash.update(with: block) }
        }
        let writing = Task { [writeBlock, threads] in
            try await threads.runIfActive { try writeBlock(block, offset) }
        }
        blockStart += Int64(block.count)
        flushedCount = 0
        lent.append(Lent(block: block, end: blockStart, hashing: hashing, writing: writing))
        if lent.count < Self.maxLent {
            self.block = UploadBlock(capacity: UploadMemory.nextBlockBytes)
        } else {
            let used = try await takeBack()
            used.clear()
            // There may be more uploads, or fewer, than when it was made.
            let size = UploadMemory.nextBlockBytes
            self.block = used.capacity == size ? used : UploadBlock(capacity: size)
        }
    }
}
