import Glibc
import NIOCore

extension LocalTree {
    private static let copyBytes = 1024 * 1024

    func put(_ key: ObjectKey, movingFile path: String) throws(StorageError) {
        let source = try openSource(path)
        try source.synchronize()
        do {
            try place(path, of: nil, as: key)
        } catch  where error.systemCode == EXDEV {
            let copy = try StagedFile(in: self)
            try Self.copy(source, to: copy.descriptor)
            try copy.place(as: key)
            unlink(path)
        }
    }

    func fetch(_ key: ObjectKey, to path: String) throws(StorageError) {
        guard let file = try openFile(key), let folder = try findFolder(key.folderParts) else { throw missing(key) }
        if linkat(folder.number, key.name, AT_FDCWD, path, 0) == 0 { return }
        // Another filesystem, one without links, a file of another owner, or too many links already.
        guard [EXDEV, EPERM, EACCES, EOPNOTSUPP, EMLINK].contains(errno) else {
            throw StorageError(errno: errno, doing: "link", subject: path)
        }
        let target = try FileDescriptor(opening: path, flags: O_WRONLY | O_CREAT | O_EXCL)
        do {
            try Self.copy(file, to: target)
        } catch {
            unlink(path)
            throw error
        }
    }

    func missing(_ key: ObjectKey) -> StorageError {
        StorageError(.notFound, doing: "open", subject: key.rawValue, message: "no such object")
    }

    private func openSource(_ path: String) throws(StorageError) -> FileDescriptor {
        let source = try FileDescriptor(opening: path, flags: O_RDONLY | O_NONBLOCK)
        guard try source.status().isRegularFile else {
            throw StorageError(.invalid, doing: "put", subject: path, message: "not a regular file")
        }
        return source
    }

    private static func copy(_ source: FileDescriptor, to target: FileDescriptor) throws(StorageError) {
        var offset: Int64 = 0
        while true {
            let piece = try source.read(at: offset, count: copyBytes)
            guard piece.readableBytes > 0 else { return }
            try target.write(piece)
            offset += Int64(piece.readableBytes)
        }
    }
}
