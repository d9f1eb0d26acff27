import Glibc
import NIOCore

extension LocalTree {
    func put(_ key: ObjectKey, movingFile path: String) throws(StorageError) {
        let source = try FileDescriptor(openingSource: path)
        try source.synchronize()
        do {
            try place(path, of: nil, as: key)
        } catch  where error.systemCode == EXDEV {
            let copy = try StagedFile(in: self)
            try copy.descriptor.append(source)
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
            try target.append(file)
        } catch {
            unlink(path)
            throw error
        }
    }

    func missing(_ key: ObjectKey) -> StorageError {
        StorageError(.notFound, doing: "open", subject: key.rawValue, message: "no such object")
    }

    func copy(_ source: ObjectKey, to target: ObjectKey) throws(StorageError) {
        // Not a link: the copy is as old as it is, for those who remove what is old and nobody's.
        guard let file = try openFile(source) else { throw missing(source) }
        let copy = try StagedFile(in: self)
        try copy.descriptor.append(file)
        try copy.place(as: target)
    }
}
