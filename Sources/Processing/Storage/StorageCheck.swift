import Crypto
public import Database
import Domain
public import Foundation
import NIOCore
public import ObjectStorage

/// Compares what the database says with what the object store has, both ways.
///
/// Videos come and go meanwhile: what is missing or too much must be so before and after the store was listed. A few hundred
/// bytes of memory an object are used.
public struct StorageCheck: Sendable {
    private let inventory: StorageInventory
    private let store: any ObjectStore

    /// The areas whose every object belongs to somebody.
    private static let areas = ["sources/", "uploads/", "videos/", "chunks/", "profiles/"]
    private static let pageLength = 1000
    private static let deletionLength = 1000

    public init(inventory: StorageInventory, store: any ObjectStore) {
        self.inventory = inventory
        self.store = store
    }

    /// Compares everything.
    ///
    /// - Parameters:
    ///   - comparesChecksums: whether to read every object of which a checksum is known, which are the sources.
    ///   - limit: orphans last written before this are deleted, and abandoned uploads begun before it are aborted; `nil` to
    ///     change nothing.
    /// - Returns: what was found, and what was done about it.
    /// - Throws: what the database or the store throws.
    public func run(comparesChecksums: Bool = false, repairingBefore limit: Date? = nil) async throws -> StorageReport {
        let before = try await expectations()
        var report = StorageReport()
        var present: Set<String> = []
        var orphans: [ObjectInfo] = []
        var abandoned: [MultipartUpload] = []
        for area in Self.areas {
            for object in try await store.list(prefix: area) {
                report.objects += 1
                report.bytes = report.bytes.addingClamped(object.sizeBytes)
                present.insert(object.key.rawValue)
                if let item = before.items[object.key.rawValue] {
                    if let difference = try await compare(object, item, comparesChecksums) {
                        report.differing.append(difference)
                    }
                } else if !before.covers(object.key.rawValue) {
                    orphans.append(object)
                }
            }
            abandoned += try await store.multiparts(prefix: area).filter { !before.covers($0.key.rawValue) }
        }
        let after = try await expectations()
        report.missing = after.items.keys.filter { before.items[$0] != nil && !present.contains($0) }.sorted()
        report.orphaned = orphans.filter { after.items[$0.key.rawValue] == nil && !after.covers($0.key.rawValue) }
            .map { .init(key: $0.key.rawValue, sizeBytes: $0.sizeBytes, modifiedAt: $0.modifiedAt) }
        if let limit { try await deleteOrphans(&report, before: limit) }
        for upload in abandoned where !after.covers(upload.key.rawValue) {
            let isDue = limit.map { upload.startedAt < $0 } ?? false
            if isDue { try await store.abort(upload) }
            report.abandoned.append(.init(key: upload.key.rawValue, startedAt: upload.startedAt, isAborted: isDue))
        }
        return report
    }

    /// What the database expects at one moment.
    private struct Expectations {
        var items: [String: StorageInventory.Item] = [:]
        var folders: Set<String> = []

        /// Whether a key stands in a folder in which anything may be, however deep.
        func covers(_ key: String) -> Bool {
            key.indices.contains { key[$0] == "/" && folders.contains(String(key[...$0])) }
        }
    }

    private func expectations() async throws -> Expectations {
        var expected = Expectations()
        // Before the videos and after them: what an attempt has written becomes a video's between two questions.
        expected.folders = Set(try await inventory.openFolders())
        var last: VideoID? = VideoID(rawValue: 0)
        while let start = last {
            let page = try await inventory.items(ofVideosAfter: start, limit: Self.pageLength)
            for item in page.items { expected.items[item.key] = item }
            last = page.last
        }
        for item in try await inventory.pictures() { expected.items[item.key] = item }
        expected.folders.formUnion(try await inventory.openFolders())
        return expected
    }

    private func compare(
        _ object: ObjectInfo,
        _ item: StorageInventory.Item,
        _ comparesChecksums: Bool
    ) async throws -> StorageReport.Difference? {
        if let size = item.sizeBytes, size != object.sizeBytes {
            let reason = "\(size) bytes were stored, and \(object.sizeBytes) are there"
            return .init(key: item.key, reason: reason)
        }
        guard comparesChecksums, let expected = item.sha256 else { return nil }
        do {
            guard try await digest(of: object.key) != expected else { return nil }
            return .init(key: item.key, reason: "the bytes have another SHA-256 than those that were stored")
        } catch let error as StorageError where error.code == .notFound {
            return nil  // Deleted since it was listed.
        }
    }

    private func digest(of key: ObjectKey) async throws -> [UInt8] {
        var hash = SHA256()
        for try await buffer in try await store.get(key, range: nil) {
            hash.update(data: Array(buffer.readableBytesView))
        }
        return Array(hash.finalize())
    }

    /// Deletes what nothing refers to.
    ///
    /// It never comes too late: keys are made of numbers that are given once, and who may still come to refer to one has
    /// a lease or an upload under way, which would have covered it. What is younger than `limit` may belong to a request
    /// that has neither yet.
    private func deleteOrphans(_ report: inout StorageReport, before limit: Date) async throws {
        let due = report.orphaned.indices.filter { report.orphaned[$0].modifiedAt < limit }
        for start in stride(from: 0, to: due.count, by: Self.deletionLength) {
            let batch = due[start...].prefix(Self.deletionLength)
            try await store.delete(batch.compactMap { ObjectKey(rawValue: report.orphaned[$0].key) })
            for index in batch { report.orphaned[index].isDeleted = true }
        }
    }
}
