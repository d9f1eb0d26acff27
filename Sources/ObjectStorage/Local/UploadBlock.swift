import Glibc
import NIOCore

/// A piece of an upload in memory that the disk can fetch by itself.
///
/// Unchecked because the bytes change: the upload fills a block, then lends it
/// to the jobs that hash and write it, and fills it again only after both are done.
final class UploadBlock: @unchecked Sendable {
    /// What `O_DIRECT` wants addresses, places and lengths to be multiples of, on every usual disk.
    static let alignment = 4096

    /// In bytes, a multiple of the alignment.
    let capacity: Int
    private let memory: UnsafeMutableRawBufferPointer
    private(set) var count = 0

    init(capacity: Int) {
        self.capacity = capacity
        memory = .allocate(byteCount: capacity, alignment: Self.alignment)
    }

    deinit { memory.deallocate() }

    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: memory[..<count]) }

    func clear() { count = 0 }

    /// Moves bytes from the buffer to the block, until that has `limit` of them.
    func fill(from buffer: inout ByteBuffer, upTo limit: Int) {
        let fitting = min(buffer.readableBytes, limit - count)
        buffer.readWithUnsafeReadableBytes { source in
            UnsafeMutableRawBufferPointer(rebasing: memory[count...]).copyMemory(
                from: .init(rebasing: source[..<fitting])
            )
            return fitting
        }
        count += fitting
    }
}
