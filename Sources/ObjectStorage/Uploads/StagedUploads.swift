import Foundation
public import NIOCore
import NIOPosix

/// Uploads into a local store: each is one file, which grows in place and is renamed at the end.
public struct StagedUploads: UploadSink {
    let store: LocalObjectStore
    /// How long to wait for another process to let go of an upload.
    let patience: Duration

    private static let pause = Duration.milliseconds(20)
    private static let leftoverAge = Duration.seconds(60 * 60)

    public init(_ store: LocalObjectStore, patience: Duration = .seconds(10)) {
        self.store = store
        self.patience = patience
    }

    public func resume(_ place: UploadPlace, hash: UploadHash?) async throws -> any UploadWriter {
        StagedUploadWriter(file: try await open(place), offset: place.offset, hash: hash, threads: store.threads)
    }

    public func finish(_ place: UploadPlace) async throws {
        if let object = try await store.head(place.key), object.sizeBytes == place.offset { return }
        let file = try await open(place)
        try await store.threads.runIfActive {
            try file.place(as: place.key, sizeBytes: place.offset)
            file.unlock()
        }
    }

    public func discard(_ place: UploadPlace) async throws {
        try await store.threads.runIfActive { [tree = store.tree] in
            try tree.removeUpload(place.id)
            try tree.remove(place.key)
        }
    }

    public func leftovers() async throws -> [String] {
        try await store.threads.runIfActive { [tree = store.tree] in
            try tree.uploadNames(olderThan: Self.leftoverAge)
        }
    }

    public func discardLeftover(_ id: String) async throws {
        try await store.threads.runIfActive { [tree = store.tree] in try tree.removeUpload(id) }
    }

    /// Waits for whoever has it: a writer that was relieved hears of it within a second.
    private func open(_ place: UploadPlace) async throws -> ResumableFile {
        let deadline = ContinuousClock.now + patience
        while ContinuousClock.now < deadline {
            let file = try await store.threads.runIfActive { [tree = store.tree] in
                try ResumableFile(place.id, in: tree, key: place.key, offset: place.offset)
            }
            if let file { return file }
            try await Task.sleep(for: Self.pause)
        }
        throw StorageError(.locked, doing: "resume", subject: place.id, message: "another process writes to it")
    }
}

/// Unchecked because it changes: one task uses it, but for `mark`, which touches what may be shared.
private final class StagedUploadWriter: UploadWriter, @unchecked Sendable {
    /// A client that sends less than a block in this time has what it sent written nevertheless.
    private static let flushInterval = Duration.seconds(1)

    private let file: ResumableFile
    private let blocks: BlockWriter
    private let threads: NIOThreadPool
    private var lastFlush = ContinuousClock.now
    private var lastPosition: Int64

    init(file: ResumableFile, offset: Int64, hash: UploadHash?, threads: NIOThreadPool) {
        self.file = file
        self.threads = threads
        lastPosition = offset
        blocks = BlockWriter(at: offset, hash: hash, threads: threads) { try file.write($0, at: $1) }
    }

    func write(_ bytes: ByteBuffer) async throws {
        try await blocks.write(bytes)
        guard ContinuousClock.now - lastFlush >= Self.flushInterval else { return }
        lastFlush = .now
        try await blocks.flush()
    }

    func mark() async throws -> UploadMark {
        let offset = blocks.writtenBytes
        try await threads.runIfActive { [file] in try file.synchronize() }
        return UploadMark(offset: offset, state: nil)
    }

    func flush(isLast: Bool) async throws -> UploadMark {
        try await blocks.finish()
        return try await mark()
    }

    func close() async {
        await blocks.stop()
        file.unlock()
    }
}
