import Synchronization

/// How large the blocks are that uploads gather: few uploads have large ones, which keep a disk busy; many share the same
/// memory between them.
enum UploadMemory {
    /// What all uploads of a process hold in blocks, three of them each.
    static let budgetBytes = 16 << 20
    static let blocksPerUpload = 3
    static let blockBytes = (64 << 10)...(1 << 20)

    private static let uploads = Atomic<Int>(0)

    static func begin() { uploads.add(1, ordering: .relaxed) }

    static func end() { uploads.subtract(1, ordering: .relaxed) }

    /// The size of the next block of each, a power of two.
    static var nextBlockBytes: Int { blockBytes(of: uploads.load(ordering: .relaxed)) }

    static func blockBytes(of uploads: Int) -> Int {
        let share = budgetBytes / (blocksPerUpload * max(1, uploads))
        var size = blockBytes.upperBound
        while size > share, size > blockBytes.lowerBound { size /= 2 }
        return size
    }
}
