import Foundation
import Glibc
import NIOCore
import NIOPosix

/// Brings the objects of one store into another; run again, it goes on where it was stopped.
///
/// An object that is there already is left alone, so nothing is copied twice. Every copy is
/// checked: by the stores, which compare checksums of what they send and receive, by its size,
/// and if that is asked for by reading it again.
public struct StorageCopy: Sendable {
    let source: any ObjectStore
    let target: any ObjectStore
    /// Objects on their way at once.
    let parallel: Int
    /// Whether what is in the target, before or after, is read and its SHA-256 compared.
    let comparesBytes: Bool
    /// Where objects are between the stores: a folder of this machine.
    let scratch: String

    public init(
        from source: any ObjectStore,
        to target: any ObjectStore,
        scratch: String,
        parallel: Int = 4,
        comparesBytes: Bool = false
    ) {
        self.source = source
        self.target = target
        self.scratch = scratch
        self.parallel = parallel
        self.comparesBytes = comparesBytes
    }

    /// Copies every object whose key begins with the prefix; `progress` is called after each of them.
    ///
    /// - Throws: ``StorageError`` when the stores cannot be listed.
    public func run(
        prefix: String = "",
        progress: @Sendable (StorageCopyReport) -> Void = { _ in }
    ) async throws -> StorageCopyReport {
        try await target.checkAccess()
        let objects = try await source.list(prefix: prefix)
        let there = try await target.list(prefix: prefix).map { ($0.key, $0) }
        let existing = Dictionary(there) { first, _ in first }
        var report = StorageCopyReport(objects: objects.count, bytes: objects.reduce(0) { $0 + $1.sizeBytes })
        await withTaskGroup(of: Outcome.self) { group in
            for (index, object) in objects.enumerated() {
                if index >= parallel, let outcome = await group.next() {
                    report.count(outcome)
                    progress(report)
                }
                if report.stop != nil || Task.isCancelled { break }
                group.addTask { await outcome(of: object, existing: existing[object.key]) }
            }
            for await outcome in group {
                report.count(outcome)
                progress(report)
            }
        }
        try Task.checkCancellation()
        return report
    }

    /// What became of one object.
    enum Outcome: Sendable {
        case copied(sizeBytes: Int64)
        case skipped(sizeBytes: Int64)
        /// It was removed from the source meanwhile.
        case vanished(sizeBytes: Int64)
        case failed(ObjectKey, StorageError)
    }

    private func outcome(of object: ObjectInfo, existing: ObjectInfo?) async -> Outcome {
        do {
            if let existing, try await isSame(object, existing) { return .skipped(sizeBytes: object.sizeBytes) }
            guard try await copy(object.key) else { return .vanished(sizeBytes: object.sizeBytes) }
            return .copied(sizeBytes: object.sizeBytes)
        } catch let error as StorageError {
            return .failed(object.key, error)
        } catch {
            return .failed(
                object.key,
                StorageError(.system, doing: "copy", subject: "\(object.key)", message: "\(error)")
            )
        }
    }

    /// False when the object is gone.
    private func copy(_ key: ObjectKey) async throws -> Bool {
        let path = SpoolFile.newPath(in: scratch)
        defer { unlink(path) }
        do {
            try await source.fetch(key, to: path)
        } catch let error as StorageError where error.code == .notFound {
            if try await source.head(key) == nil { return false }
            throw error
        }
        let sent = try await digest(ofFile: path)
        try await target.put(key, movingFile: path)
        guard try await target.head(key)?.sizeBytes == sent.sizeBytes else { throw differs(key, "has another size") }
        if comparesBytes, try await digest(of: key, in: target) != sent { throw differs(key, "has other bytes") }
        return true
    }

    /// Whether the target's object is that of the source.
    private func isSame(_ object: ObjectInfo, _ existing: ObjectInfo) async throws -> Bool {
        guard object.sizeBytes == existing.sizeBytes else { return false }
        if comparesBytes { return try await digest(of: object.key, in: source) == digest(of: object.key, in: target) }
        if let one = object.md5, let other = existing.md5 { return one == other }
        // Objects are whole or not there: one of this size that came later is the copy. Services tell whole seconds.
        return existing.modifiedAt.timeIntervalSince1970 >= object.modifiedAt.timeIntervalSince1970.rounded(.down)
    }

    private func digest(ofFile path: String) async throws -> BodyDigest {
        let kinds: BodyDigest.Kinds = comparesBytes ? .sha256 : []
        return try await NIOThreadPool.singleton.runIfActive {
            let file = try FileDescriptor(openingSource: path)
            let sizeBytes = Int64(try file.status().st_size)
            return comparesBytes
                ? try BodyDigest.of(file, range: 0..<sizeBytes, kinds) : BodyDigest(sizeBytes: sizeBytes)
        }
    }

    private func digest(of key: ObjectKey, in store: any ObjectStore) async throws -> BodyDigest {
        var running = RunningDigest(.sha256)
        for try await piece in try await store.get(key, range: nil) {
            piece.withUnsafeReadableBytes { running.update($0) }
        }
        return running.finish()
    }

    private func differs(_ key: ObjectKey, _ message: String) -> StorageError {
        StorageError(.damaged, doing: "copy", subject: key.rawValue, message: "the copy \(message)")
    }
}

extension ObjectInfo {
    /// The tag, where it looks like the MD5 that S3 and OSS give objects that were sent in one piece.
    fileprivate var md5: String? {
        etag.utf8.count == 32 && etag.allSatisfy(\.isHexDigit) ? etag.lowercased() : nil
    }
}
