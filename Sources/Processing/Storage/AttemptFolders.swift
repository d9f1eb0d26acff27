import Database
import Domain
import Foundation
import ObjectStorage

/// The folders that attempts fill with what they make of one video's source: `{area}/{number}/{lease}/…`.
///
/// A deletion names what it may delete, since it may come at any time: a worker that was frozen in the middle of it goes on
/// when others have long since published. Leases only grow, so that a folder of a smaller lease than one's own belongs to
/// an attempt that can publish nothing more, and what is published later has a greater one.
struct AttemptFolders {
    let store: any ObjectStore
    /// For example `videos/12`.
    let path: String

    /// Deletes what attempts have left whose lease is smaller than `limit`, but for the folder `shown`.
    ///
    /// `shown` is what viewers are given, read while the lease `limit` was held.
    func sweep(leasesBelow limit: Int64, keeping shown: String? = nil) async throws {
        let keys = try await store.list(prefix: path + "/").map(\.key).filter { key in
            guard let lease = lease(of: key), lease < limit else { return false }
            return shown.map { !key.rawValue.hasPrefix($0 + "/") } ?? true
        }
        try await store.delete(keys)
    }

    /// The lease in whose folder an object is.
    private func lease(of key: ObjectKey) -> Int64? {
        guard key.rawValue.hasPrefix(path + "/") else { return nil }
        let rest = key.rawValue.dropFirst(path.count + 1)
        guard let slash = rest.firstIndex(of: "/") else { return nil }
        return Int64(rest[..<slash])
    }
}
