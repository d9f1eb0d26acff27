import Foundation
import Glibc
public import NIOCore
public import NIOPosix

/// Objects as files under a folder.
///
/// `videos/12/345/play.mp4` is that path below the root, so that nginx can
/// serve it from there. Files that are still being written are in `.staging`
/// on the same filesystem and get their name by a rename when they are whole.
public struct LocalObjectStore: ObjectStore {
    /// The folder, as it was given.
    public let root: String
    let tree: LocalTree
    let threads: NIOThreadPool

    private static let readBytes = 256 * 1024

    /// A store in this folder, which is made when it is missing; the blocking calls run on `threads`.
    public init(root: String, threads: NIOThreadPool = .singleton) throws {
        self.root = root
        self.threads = threads
        tree = try LocalTree(root: root)
    }

    public func put(_ key: ObjectKey, movingFile path: String) async throws {
        try await threads.runIfActive { try tree.put(key, movingFile: path) }
    }

    public func fetch(_ key: ObjectKey, to path: String) async throws {
        try await threads.runIfActive { try tree.fetch(key, to: path) }
    }

    public func get(_ key: ObjectKey, range: Range<Int64>?) async throws -> ObjectBody {
        let file = try await threads.runIfActive {
            guard let file = try tree.openFile(key) else { throw tree.missing(key) }
            return (descriptor: file, sizeBytes: Int64(try file.status().st_size))
        }
        let whole = 0..<file.sizeBytes
        let wanted = range.map { $0.clamped(to: whole) } ?? whole
        return ObjectBody(sizeBytes: Int64(wanted.count)) { [threads] in
            let reader = FileReader(file.descriptor, range: wanted)
            return { try await threads.runIfActive { try reader.next(upTo: Self.readBytes) } }
        }
    }

    public func head(_ key: ObjectKey) async throws -> ObjectInfo? {
        try await threads.runIfActive {
            try tree.openFile(key).map { ObjectInfo(key: key, status: try $0.status()) }
        }
    }

    public func list(prefix: String) async throws -> [ObjectInfo] {
        try await threads.runIfActive { try tree.list(prefix: prefix) }
    }

    public func delete(_ keys: [ObjectKey]) async throws {
        try await threads.runIfActive {
            for key in keys { try tree.remove(key) }
        }
    }

    public func put(_ key: ObjectKey, bytes: ByteBuffer) async throws {
        try await threads.runIfActive {
            let file = try StagedFile(in: tree)
            try file.descriptor.write(bytes)
            try file.place(as: key)
        }
    }

    public func copy(_ source: ObjectKey, to target: ObjectKey) async throws {
        try await threads.runIfActive { try tree.copy(source, to: target) }
    }

    /// `nil`: nginx serves these files, and signs their addresses itself where that is asked for.
    public func presign(_ method: PresignedMethod, _ key: ObjectKey, expiresIn time: Duration) async throws -> String? {
        nil
    }

    public func checkAccess() async throws {
        try await threads.runIfActive {
            let file = try StagedFile(in: tree)
            try file.descriptor.write(ByteBuffer(string: "writable"))
            file.remove()
        }
    }

    public func sweepStaging(olderThan age: Duration) async throws -> Int {
        try await threads.runIfActive { try tree.sweepStaging(olderThan: age) }
    }
}

/// Objects in parts.
extension LocalObjectStore {
    public func beginMultipart(_ key: ObjectKey) async throws -> MultipartUpload {
        try await threads.runIfActive { try tree.beginMultipart(key) }
    }

    public func putPart(
        _ number: Int,
        of upload: MultipartUpload,
        file path: String,
        range: Range<Int64>
    ) async throws -> MultipartPart {
        try await threads.runIfActive { try tree.putPart(number, of: upload, file: path, range: range) }
    }

    public func parts(of upload: MultipartUpload) async throws -> [MultipartPart] {
        try await threads.runIfActive { try tree.parts(of: upload) }
    }

    public func complete(_ upload: MultipartUpload, parts: [MultipartPart]) async throws -> ObjectInfo {
        try await threads.runIfActive { try tree.complete(upload, parts: parts) }
    }

    public func abort(_ upload: MultipartUpload) async throws {
        try await threads.runIfActive { try tree.abort(upload) }
    }

    public func multiparts(prefix: String) async throws -> [MultipartUpload] {
        try await threads.runIfActive { try tree.multiparts(prefix: prefix) }
    }
}

/// Reads a range of a file, piece by piece.
///
/// Unchecked because `position` changes: the reader belongs to one iterator,
/// which asks for a piece only after the one before has come.
private final class FileReader: @unchecked Sendable {
    private let file: FileDescriptor
    private let end: Int64
    private var position: Int64

    init(_ file: FileDescriptor, range: Range<Int64>) {
        self.file = file
        position = range.lowerBound
        end = range.upperBound
    }

    func next(upTo count: Int) throws -> ByteBuffer? {
        guard position < end else { return nil }
        let buffer = try file.read(at: position, count: Int(min(Int64(count), end - position)))
        guard buffer.readableBytes > 0 else {
            throw FileDescriptor.becameShorter(file)
        }
        position += Int64(buffer.readableBytes)
        return buffer
    }
}
