import Crypto
import Glibc
import NIOCore

/// Bytes that wait in a file of the scratch folder until their checksums are known and they can be sent.
///
/// Unchecked because it changes: one job of the thread pool works on it at a time. All calls block.
final class PartSpool: @unchecked Sendable {
    /// How the names of these files begin.
    static let namePrefix = "clipyard-part-"

    let capacity: Int64
    private let file: FileDescriptor
    private var running: RunningDigest

    init(in folder: String, capacity: Int64, _ kinds: BodyDigest.Kinds) throws(StorageError) {
        self.capacity = capacity
        let name = "\(Self.namePrefix)\(String(UInt64.random(in: .min ... .max), radix: 36))"
        file = try FileDescriptor(
            opening: "\(folder)/\(name)",
            flags: O_WRONLY | O_CREAT | O_EXCL,
            mode: 0o600
        )
        running = RunningDigest(kinds)
    }

    deinit { unlink(file.path) }

    var room: Int { Int(capacity - running.sizeBytes) }
    var sizeBytes: Int64 { running.sizeBytes }
    var body: CurlBody { .file(path: file.path, range: 0..<sizeBytes) }
    var digest: BodyDigest { running.finish() }

    func append(_ piece: ByteBuffer) throws(StorageError) {
        piece.withUnsafeReadableBytes { running.update($0) }
        try file.write(piece)
    }
}

/// The checksum of a whole object that is written in parts.
///
/// Unchecked because it changes: one job of the thread pool works on it at a time.
final class WholeDigest: @unchecked Sendable {
    private var running = SHA256()

    func update(_ piece: ByteBuffer) { piece.withUnsafeReadableBytes { running.update(bufferPointer: $0) } }

    /// SHA-256, 32 bytes.
    func finish() -> [UInt8] { Array(running.finalize()) }
}
