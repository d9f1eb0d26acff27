import Foundation
import Glibc

/// The folders and files under a store's root, reached part by part from an open folder.
///
/// Every step refuses links, so no key leads out of the root, whatever was
/// put into the folders by hand. All calls block.
struct LocalTree: Sendable {
    /// Where files wait until they get their key.
    ///
    /// A key cannot begin with a dot, so it cannot name it.
    static let stagingName = ".staging"

    let root: FileDescriptor
    let staging: FileDescriptor

    init(root path: String) throws(StorageError) {
        do {
            try FileManager.default.createDirectory(
                atPath: "\(path)/\(Self.stagingName)",
                withIntermediateDirectories: true
            )
        } catch {
            throw StorageError(.system, doing: "create folder", subject: path, message: error.localizedDescription)
        }
        // The root itself may be a link: that is the operator's choice.
        let resolved = URL(filePath: path).resolvingSymlinksInPath().path
        root = try FileDescriptor(opening: resolved, flags: O_RDONLY | O_DIRECTORY)
        staging = try FileDescriptor(opening: Self.stagingName, in: root, flags: O_RDONLY | O_DIRECTORY)
    }

    /// The folder at the end of these parts; `nil` when there is none.
    func findFolder(_ parts: some Sequence<String>) throws(StorageError) -> FileDescriptor? {
        var folder = root
        for part in parts {
            guard let next = try findFolder(named: part, in: folder) else { return nil }
            folder = next
        }
        return folder
    }

    /// A folder in a folder; `nil` when there is none of that name.
    func findFolder(named name: String, in folder: FileDescriptor) throws(StorageError) -> FileDescriptor? {
        do {
            return try FileDescriptor(opening: name, in: folder, flags: O_RDONLY | O_DIRECTORY)
        } catch  where error.code == .notFound || error.code == .conflict || error.code == .invalid {
            return nil
        }
    }

    /// The folder at the end of these parts, made durably where it is missing.
    func makeFolder(_ parts: some Sequence<String>) throws(StorageError) -> FileDescriptor {
        var folder = root
        for part in parts {
            if mkdirat(folder.number, part, 0o755) == 0 {
                try folder.synchronize()
            } else if errno != EEXIST {
                throw StorageError(errno: errno, doing: "create folder", subject: "\(folder.path)/\(part)")
            }
            folder = try FileDescriptor(opening: part, in: folder, flags: O_RDONLY | O_DIRECTORY)
        }
        return folder
    }

    /// The object's file, opened for reading; `nil` when there is none.
    func openFile(_ key: ObjectKey) throws(StorageError) -> FileDescriptor? {
        guard let folder = try findFolder(key.folderParts) else { return nil }
        return try openEntry(key.name, in: folder)
    }

    /// A regular file of this folder, opened for reading; `nil` when there is none.
    func openEntry(_ name: String, in folder: FileDescriptor) throws(StorageError) -> FileDescriptor? {
        do {
            // Without O_NONBLOCK, opening a named pipe would wait for its other end.
            let file = try FileDescriptor(opening: name, in: folder, flags: O_RDONLY | O_NONBLOCK)
            return try file.status().isRegularFile ? file : nil
        } catch  where error.code == .notFound || error.code == .invalid {
            return nil
        }
    }

    /// Gives a file, whose bytes are on the disk already, its key.
    func place(_ name: String, of folder: FileDescriptor?, as key: ObjectKey) throws(StorageError) {
        // Again: before the file is in its folder, somebody who deleted the
        // folder's last object may have removed it.
        for _ in 0..<8 {
            if try placeOnce(name, of: folder, as: key) { return }
        }
        throw StorageError(errno: ENOENT, doing: "rename", subject: key.rawValue)
    }

    /// Answers false if the key's folder vanished meanwhile.
    private func placeOnce(
        _ name: String,
        of folder: FileDescriptor?,
        as key: ObjectKey
    ) throws(StorageError) -> Bool {
        let target: FileDescriptor
        do {
            target = try makeFolder(key.folderParts)
        } catch  where error.code == .notFound {
            return false
        }
        if renameat(folder?.number ?? AT_FDCWD, name, target.number, key.name) == 0 {
            try target.synchronize()
            return true
        }
        let failure = errno
        guard failure == ENOENT, folderVanished(target) else {
            throw StorageError(errno: failure, doing: "rename", subject: key.rawValue)
        }
        return false
    }

    private func folderVanished(_ folder: FileDescriptor) -> Bool {
        (try? folder.status().st_nlink == 0) ?? false
    }

    /// Removes the object, and then the folders that have become empty.
    func remove(_ key: ObjectKey) throws(StorageError) {
        guard let folder = try findFolder(key.folderParts) else { return }
        guard unlinkat(folder.number, key.name, 0) == 0 || errno == ENOENT || errno == EISDIR else {
            throw StorageError(errno: errno, doing: "remove", subject: key.rawValue)
        }
        var parts = key.folderParts
        while let name = parts.popLast(), let parent = try findFolder(parts) {
            guard unlinkat(parent.number, name, AT_REMOVEDIR) == 0 else { return }
        }
    }
}

extension ObjectKey {
    var folderParts: [String] { parts.dropLast() }
    var name: String { parts.last ?? rawValue }
}

extension stat {
    var isRegularFile: Bool { st_mode & S_IFMT == S_IFREG }
    var isFolder: Bool { st_mode & S_IFMT == S_IFDIR }
}
