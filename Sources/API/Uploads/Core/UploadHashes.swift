import ObjectStorage
import Synchronization

/// The running hashes of uploads whose last request this process has served.
///
/// The next request goes on with them; where another process serves it, the whole is read again at the end.
final class UploadHashes: Sendable {
    private static let maxCount = 10_000

    private let hashes = Mutex<[String: UploadHash]>([:])

    func keep(_ hash: UploadHash?, of id: String) {
        hashes.withLock { hashes in
            if hashes.count >= Self.maxCount { hashes.removeAll() }
            hashes[id] = hash
        }
    }

    /// The hash of so many bytes, if it is known.
    func take(_ id: String, of count: Int64) -> UploadHash? {
        if count == 0 { return UploadHash() }
        let hash = hashes.withLock { $0.removeValue(forKey: id) }
        return hash?.count == count ? hash : nil
    }
}
