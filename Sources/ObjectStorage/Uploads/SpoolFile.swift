import Foundation
import Glibc
import NIOCore
import NIOPosix

/// A part of an upload on this machine's disk, until the store has it.
final class SpoolFile: Sendable {
    /// The beginning of the names of all files that wait on this machine for a store.
    static let namePrefix = "clipyard-part-"

    let path: String
    private let descriptor: FileDescriptor

    init(in folder: String) throws(StorageError) {
        path = Self.newPath(in: folder)
        // Where this fails, opening says why.
        try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        descriptor = try FileDescriptor(opening: path, flags: O_WRONLY | O_CREAT | O_EXCL, mode: 0o600)
    }

    deinit { remove() }

    static func newPath(in folder: String) -> String {
        "\(folder)/\(namePrefix)\(String(UInt64.random(in: .min ... .max), radix: 36))"
    }

    /// Through the system's cache, as it is read again at once.
    func write(_ block: UploadBlock, at offset: Int64) throws(StorageError) {
        try descriptor.write(block.bytes, at: offset)
    }

    func remove() { unlink(path) }
}
