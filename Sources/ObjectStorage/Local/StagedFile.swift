import Glibc

/// A file in the staging folder, removed again unless it got a key.
///
/// Unchecked because `isPlaced` changes: only after everything was written, by the one who placed or removed it.
final class StagedFile: @unchecked Sendable {
    let descriptor: FileDescriptor
    private let tree: LocalTree
    private let name: String
    private var isPlaced = false

    init(in tree: LocalTree) throws(StorageError) {
        self.tree = tree
        name = String(UInt64.random(in: .min ... .max), radix: 36) + String(UInt64.random(in: .min ... .max), radix: 36)
        descriptor = try FileDescriptor(
            opening: name,
            in: tree.staging,
            flags: O_WRONLY | O_CREAT | O_EXCL,
            mode: 0o600
        )
    }

    deinit { remove() }

    /// Makes the bytes durable and then visible under the key.
    func place(as key: ObjectKey) throws(StorageError) {
        try descriptor.synchronize()
        try tree.place(name, of: tree.staging, as: key)
        isPlaced = true
    }

    /// Makes the bytes durable and then visible as a file of this name, replacing the one that was there.
    func place(as entry: String, in folder: FileDescriptor) throws(StorageError) {
        try descriptor.synchronize()
        guard renameat(tree.staging.number, name, folder.number, entry) == 0 else {
            throw StorageError(errno: errno, doing: "rename", subject: "\(folder.path)/\(entry)")
        }
        isPlaced = true
        try folder.synchronize()
    }

    func remove() {
        guard !isPlaced else { return }
        unlinkat(tree.staging.number, name, 0)
        // The bytes would otherwise stay on the disk until the last reference closes the file.
        ftruncate(descriptor.number, 0)
        isPlaced = true
    }
}
