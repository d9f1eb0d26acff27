import Foundation
import Glibc

extension LocalTree {
    /// Every object whose key begins with the prefix, in the order of the keys.
    func list(prefix: String) throws(StorageError) -> [ObjectInfo] {
        // The folders that the prefix names in full need not be searched for.
        let folderParts = prefix.split(separator: "/", omittingEmptySubsequences: false).dropLast().map(String.init)
        guard folderParts.isEmpty || ObjectKey(rawValue: folderParts.joined(separator: "/")) != nil,
            let folder = try findFolder(folderParts)
        else { return [] }
        var found: [ObjectInfo] = []
        try collect(from: folder, path: folderParts, prefix: prefix, into: &found)
        return found.sorted { $0.key.rawValue.utf8.lexicographicallyPrecedes($1.key.rawValue.utf8) }
    }

    private func collect(
        from folder: FileDescriptor,
        path: [String],
        prefix: String,
        into found: inout [ObjectInfo]
    ) throws(StorageError) {
        for name in try folder.entryNames() {
            let entryPath = path + [name]
            // A name that is no part of a key is not ours: the staging folder, a link, a file of somebody else.
            guard let key = ObjectKey(rawValue: entryPath.joined(separator: "/")) else { continue }
            var status = stat()
            guard fstatat(folder.number, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { continue }
            if status.isRegularFile, key.rawValue.utf8.starts(with: prefix.utf8) {
                found.append(ObjectInfo(key: key, status: status))
            } else if status.isFolder, "\(key.rawValue)/".utf8.starts(with: prefix.utf8),
                let child = try findFolder(named: name, in: folder)
            {
                try collect(from: child, path: entryPath, prefix: prefix, into: &found)
            }
        }
    }

    /// Removes what uploads that never ended have left behind; returns how many.
    func sweepStaging(olderThan age: Duration) throws(StorageError) -> Int {
        let limit = Date().addingTimeInterval(-Double(age.components.seconds))
        var removed = 0
        for name in try staging.entryNames() {
            var status = stat()
            guard fstatat(staging.number, name, &status, AT_SYMLINK_NOFOLLOW) == 0,
                status.modifiedAt < limit
            else { continue }
            if status.isRegularFile, unlinkat(staging.number, name, 0) == 0 { removed += 1 }
            // A multipart upload has files in its folder; this one was cut off before it had any.
            if status.isFolder { unlinkat(staging.number, name, AT_REMOVEDIR) }
        }
        return removed
    }
}

extension ObjectInfo {
    init(key: ObjectKey, status: stat) {
        self.init(
            key: key,
            sizeBytes: Int64(status.st_size),
            modifiedAt: status.modifiedAt,
            etag: status.etag
        )
    }
}

extension stat {
    var modifiedAt: Date {
        Date(timeIntervalSince1970: Double(st_mtim.tv_sec) + Double(st_mtim.tv_nsec) / 1e9)
    }

    /// As nginx makes one, but finer: from the time of the last change and the size.
    var etag: String {
        let nanoseconds = Int64(st_mtim.tv_sec) * 1_000_000_000 + Int64(st_mtim.tv_nsec)
        return "\(String(nanoseconds, radix: 16))-\(String(st_size, radix: 16))"
    }
}

extension FileDescriptor {
    /// The names in this folder, but for `.` and `..`.
    func entryNames() throws(StorageError) -> [String] {
        // closedir closes the descriptor that it was given, so it gets one of its own.
        let own: FileDescriptor
        do {
            own = try FileDescriptor(opening: ".", in: self, flags: O_RDONLY | O_DIRECTORY)
        } catch  where error.code == .notFound {
            // The folder was removed after it was opened.
            return []
        }
        guard let stream = fdopendir(dup(own.number)) else {
            throw StorageError(errno: errno, doing: "list", subject: path)
        }
        defer { closedir(stream) }
        var names: [String] = []
        errno = 0
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
            errno = 0
        }
        // A listing that ends early would make objects look lost.
        guard errno == 0 else { throw StorageError(errno: errno, doing: "list", subject: path) }
        return names
    }
}
