import Foundation
import Glibc

/// The staged file of an upload that may come in several requests, to several processes of this machine.
///
/// Whoever has it open has it alone: the system's lock on it goes with the process, however that ends.
final class ResumableFile: Sendable {
    static let folderName = "uploads"

    let descriptor: FileDescriptor
    private let folder: FileDescriptor
    private let name: String
    private let tree: LocalTree

    /// Opens the file of an upload, and makes it where none of it has come yet; `nil` while somebody else has it open.
    init?(_ name: String, in tree: LocalTree, key: ObjectKey, offset: Int64) throws(StorageError) {
        let folder = try tree.uploadFolder()
        if offset > 0 { try tree.takeBack(key, as: name, in: folder) }
        descriptor = try FileDescriptor(
            opening: name,
            in: folder,
            flags: O_RDWR | (offset == 0 ? O_CREAT : 0),
            mode: 0o600
        )
        (self.folder, self.name, self.tree) = (folder, name, tree)
        guard retryingInterrupts({ flock(descriptor.number, LOCK_EX | LOCK_NB) }) == 0 else { return nil }
        // While this waited, whoever had it may have given it its key.
        var status = stat()
        guard fstatat(folder.number, name, &status, AT_SYMLINK_NOFOLLOW) == 0,
            status.st_ino == (try descriptor.status().st_ino)
        else { return nil }
        guard try Int64(descriptor.status().st_size) >= offset else {
            throw StorageError(.notFound, doing: "resume", subject: name, message: "fewer bytes are there than were")
        }
    }

    /// Past the system's cache where the disk allows it, as answers wait for the disk anyway.
    func write(_ block: UploadBlock, at offset: Int64) throws(StorageError) {
        let alignment = UploadBlock.alignment
        _ = descriptor.setDirect(offset % Int64(alignment) == 0 && block.count % alignment == 0)
        try descriptor.write(block.bytes, at: offset)
    }

    /// Waits until the bytes are on the disk.
    func synchronize() throws(StorageError) {
        guard retryingInterrupts({ fdatasync(descriptor.number) }) == 0 else {
            throw StorageError(errno: errno, doing: "fdatasync", subject: name)
        }
    }

    /// Makes the first `sizeBytes` of it an object.
    func place(as key: ObjectKey, sizeBytes: Int64) throws(StorageError) {
        // What a relieved writer wrote behind the last mark.
        guard retryingInterrupts({ ftruncate(descriptor.number, off_t(sizeBytes)) }) == 0 else {
            throw StorageError(errno: errno, doing: "truncate", subject: name)
        }
        try descriptor.synchronize()
        try tree.place(name, of: folder, as: key)
        // Two names of one file stay two when one is renamed to the other.
        remove()
    }

    /// The lock goes at once, not when the last reference does.
    func unlock() { _ = flock(descriptor.number, LOCK_UN) }

    func remove() { unlinkat(folder.number, name, 0) }
}

extension LocalTree {
    /// Where the files of uploads are, made where it is missing.
    func uploadFolder() throws(StorageError) -> FileDescriptor {
        guard mkdirat(staging.number, ResumableFile.folderName, 0o755) == 0 || errno == EEXIST else {
            throw StorageError(errno: errno, doing: "create folder", subject: ResumableFile.folderName)
        }
        return try FileDescriptor(opening: ResumableFile.folderName, in: staging, flags: O_RDONLY | O_DIRECTORY)
    }

    /// Goes on with a file that has got its key, as that was never recorded.
    ///
    /// It keeps the key as well: whoever asks may have been relieved, and the object recorded meanwhile.
    func takeBack(_ key: ObjectKey, as name: String, in folder: FileDescriptor) throws(StorageError) {
        var status = stat()
        guard fstatat(folder.number, name, &status, AT_SYMLINK_NOFOLLOW) != 0,
            let source = try findFolder(key.folderParts)
        else { return }
        guard linkat(source.number, key.name, folder.number, name, 0) == 0 || errno == ENOENT || errno == EEXIST else {
            throw StorageError(errno: errno, doing: "link", subject: key.rawValue)
        }
    }

    /// The uploads whose files have not changed for so long.
    func uploadNames(olderThan age: Duration) throws(StorageError) -> [String] {
        let folder = try uploadFolder()
        let limit = Date().addingTimeInterval(-Double(age.components.seconds))
        return try folder.entryNames().filter { name in
            var status = stat()
            return fstatat(folder.number, name, &status, AT_SYMLINK_NOFOLLOW) == 0 && status.isRegularFile
                && status.modifiedAt < limit
        }
    }

    func removeUpload(_ name: String) throws(StorageError) {
        // Held by a name, as the number of a folder that is gone would mean nothing.
        let folder = try uploadFolder()
        guard unlinkat(folder.number, name, 0) == 0 || errno == ENOENT else {
            throw StorageError(errno: errno, doing: "remove", subject: name)
        }
    }
}
