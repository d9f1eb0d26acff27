import Glibc
import NIOCore

/// A piece of an upload in memory that the disk can fetch by itself.
///
/// Unchecked because the bytes change: the upload fills a block, then lends it
/// to the jobs that hash and write it, and fills it again only after both are done.
final class UploadBlock: @unchecked Sendable {
    /// Large enough that a disk is kept busy, small enough that many uploads fit into memory.
    static let capacity = 1024 * 1024
    /// What `O_DIRECT` wants addresses, places and lengths to be multiples of, on every usual disk.
    static let alignment = 4096

    private let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: alignment)
    private(set) var count = 0

    deinit { memory.deallocate() }

    var isFull: Bool { count == Self.capacity }
    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: memory[..<count]) }

    func clear() { count = 0 }

    /// Moves bytes from the buffer to the block, until that has `limit` of them.
    func fill(from buffer: inout ByteBuffer, upTo limit: Int = capacity) {
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
