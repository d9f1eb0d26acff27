import Foundation
import Glibc
public import NIOCore
public import NIOPosix

/// Bytes on this machine's disk that belong to nobody yet, in a file without a name: the end of the process removes it.
///
/// One task uses it.
public final class UnclaimedBytes: Sendable {
    private static let chunkBytes = 1 << 20

    private let file: FileDescriptor
    private let threads: NIOThreadPool

    /// Makes the folder where it is missing.
    public init(in folder: String, threads: NIOThreadPool = .singleton) async throws {
        self.threads = threads
        file = try await threads.runIfActive {
            try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let path = SpoolFile.newPath(in: folder)
            let file = try FileDescriptor(opening: path, flags: O_RDWR | O_CREAT | O_EXCL, mode: 0o600)
            unlink(path)
            return file
        }
    }

    public func append(_ bytes: ByteBuffer) async throws {
        try await threads.runIfActive { [file] in try file.write(bytes) }
    }

    /// Hands out the first `count` bytes in their order.
    public func read(_ count: Int64, _ body: (ByteBuffer) async throws -> Void) async throws {
        var offset: Int64 = 0
        while offset < count {
            let length = Int(min(Int64(Self.chunkBytes), count - offset))
            let bytes = try await threads.runIfActive { [file, offset] in try file.read(at: offset, count: length) }
            guard bytes.readableBytes > 0 else { throw FileDescriptor.becameShorter(file) }
            try await body(bytes)
            offset += Int64(bytes.readableBytes)
        }
    }
}
