import Crypto

/// The running SHA-256 of an upload.
///
/// Unchecked because it changes: its upload hashes one block after the other.
public final class UploadHash: @unchecked Sendable {
    private var hash: SHA256
    /// How many bytes were hashed.
    public private(set) var count: Int64

    public init() {
        hash = SHA256()
        count = 0
    }

    private init(copying other: UploadHash) {
        hash = other.hash
        count = other.count
    }

    func update(with block: UploadBlock) {
        hash.update(bufferPointer: block.bytes)
        count += Int64(block.count)
    }

    /// One that goes on by itself.
    public func copy() -> UploadHash { UploadHash(copying: self) }

    /// 32 bytes.
    public func digest() -> [UInt8] { Array(hash.finalize()) }
}
