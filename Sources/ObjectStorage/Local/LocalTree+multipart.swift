import Foundation
import Glibc
import NIOCore

/// Uploads in parts: a folder each in the staging folder, with the parts as files named by their
/// numbers and a file `key` that holds the key.
extension LocalTree {
    private static let folderPrefix = "parts-"
    private static let keyFile = "key"

    func beginMultipart(_ key: ObjectKey) throws(StorageError) -> MultipartUpload {
        let id = String(UInt64.random(in: .min ... .max), radix: 36)
        let name = Self.folderPrefix + id
        guard mkdirat(staging.number, name, 0o700) == 0 else {
            throw StorageError(errno: errno, doing: "create folder", subject: "\(staging.path)/\(name)")
        }
        try staging.synchronize()
        let folder = try FileDescriptor(opening: name, in: staging, flags: O_RDONLY | O_DIRECTORY)
        let file = try StagedFile(in: self)
        try file.descriptor.write(ByteBuffer(string: key.rawValue))
        try file.place(as: Self.keyFile, in: folder)
        return MultipartUpload(key: key, id: id, startedAt: try file.descriptor.status().modifiedAt)
    }

    func putPart(
        _ number: Int,
        of upload: MultipartUpload,
        file path: String,
        range: Range<Int64>
    ) throws(StorageError) -> MultipartPart {
        guard MultipartUpload.partNumbers.contains(number) else {
            throw StorageError(.invalid, doing: "put part", subject: path, message: "no part can have number \(number)")
        }
        let folder = try openFolder(of: upload)
        let source = try FileDescriptor(openingSource: path)
        guard range.lowerBound >= 0, range.upperBound <= Int64(try source.status().st_size) else {
            throw StorageError(.invalid, doing: "put part", subject: path, message: "the file is too short for it")
        }
        let file = try StagedFile(in: self)
        try file.descriptor.append(source, range: range)
        try file.place(as: "\(number)", in: folder)
        return MultipartPart(number: number, status: try file.descriptor.status())
    }

    func parts(of upload: MultipartUpload) throws(StorageError) -> [MultipartPart] {
        let folder = try openFolder(of: upload)
        var parts: [MultipartPart] = []
        for number in try folder.entryNames().compactMap(Int.init) {
            guard let file = try openEntry("\(number)", in: folder) else { continue }
            parts.append(MultipartPart(number: number, status: try file.status()))
        }
        return parts.sorted { $0.number < $1.number }
    }

    func complete(_ upload: MultipartUpload, parts: [MultipartPart]) throws(StorageError) -> ObjectInfo {
        let folder = try openFolder(of: upload)
        guard !parts.isEmpty, Set(parts.map(\.number)).count == parts.count else {
            throw refusal(.invalid, upload, "an object needs at least one part, and each once")
        }
        let whole = try StagedFile(in: self)
        for part in parts.sorted(by: { $0.number < $1.number }) {
            guard let file = try openEntry("\(part.number)", in: folder),
                part.etag == MultipartPart(number: part.number, status: try file.status()).etag
            else { throw refusal(.conflict, upload, "part \(part.number) is not there or was replaced") }
            try whole.descriptor.append(file)
        }
        try whole.place(as: upload.key)
        try abort(upload)
        return ObjectInfo(key: upload.key, status: try whole.descriptor.status())
    }

    func abort(_ upload: MultipartUpload) throws(StorageError) {
        guard let folder = try findFolder(of: upload) else { return }
        // The key goes last: until then, the upload is found and can be aborted again.
        for name in try folder.entryNames().sorted(by: <) {
            guard unlinkat(folder.number, name, 0) == 0 || errno == ENOENT else {
                throw StorageError(errno: errno, doing: "remove", subject: "\(folder.path)/\(name)")
            }
        }
        unlinkat(staging.number, Self.folderPrefix + upload.id, AT_REMOVEDIR)
    }

    func multiparts(prefix: String) throws(StorageError) -> [MultipartUpload] {
        var found: [MultipartUpload] = []
        for name in try staging.entryNames() where name.hasPrefix(Self.folderPrefix) {
            guard let folder = try findFolder(named: name, in: staging), let upload = try readUpload(name, in: folder),
                upload.key.rawValue.utf8.starts(with: prefix.utf8)
            else { continue }
            found.append(upload)
        }
        return found.sorted {
            ($0.key.rawValue, $0.startedAt) < ($1.key.rawValue, $1.startedAt)
        }
    }

    private func openFolder(of upload: MultipartUpload) throws(StorageError) -> FileDescriptor {
        guard let folder = try findFolder(of: upload) else {
            throw refusal(.notFound, upload, "no such upload: it was completed, aborted or removed")
        }
        return folder
    }

    private func findFolder(of upload: MultipartUpload) throws(StorageError) -> FileDescriptor? {
        // An id comes from outside: nothing but what could have been made here is a name.
        guard (1...13).contains(upload.id.utf8.count),
            upload.id.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x7a).contains($0) }),
            let folder = try findFolder(named: Self.folderPrefix + upload.id, in: staging),
            try readUpload(Self.folderPrefix + upload.id, in: folder)?.key == upload.key
        else { return nil }
        return folder
    }

    private func readUpload(_ name: String, in folder: FileDescriptor) throws(StorageError) -> MultipartUpload? {
        guard let file = try openEntry(Self.keyFile, in: folder),
            let key = ObjectKey(
                rawValue: String(buffer: try file.read(at: 0, count: ObjectKey.maxBytes + 1))
            )
        else { return nil }
        return MultipartUpload(
            key: key,
            id: String(name.dropFirst(Self.folderPrefix.count)),
            startedAt: try file.status().modifiedAt
        )
    }

    private func refusal(_ code: StorageError.Code, _ upload: MultipartUpload, _ message: String) -> StorageError {
        StorageError(code, doing: "upload in parts", subject: upload.key.rawValue, message: message)
    }
}

extension MultipartPart {
    init(number: Int, status: stat) {
        self.init(number: number, sizeBytes: Int64(status.st_size), etag: status.etag)
    }
}
