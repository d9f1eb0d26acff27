import Foundation
public import NIOPosix

/// Uploads into a store of objects: parts of a multipart upload, and a small object with what is no whole part yet.
///
/// Forms, tus, drafts and joined uploads all come this way. A part is kept on this machine's disk until it is whole, and
/// its checksum is known before it is sent. It is durable when the store has answered with its tag, and an object is made
/// of such parts only. Nothing on this machine is needed to resume an upload.
public struct MultipartUploads: UploadSink {
    /// The smallest size of a part; long uploads have larger ones, so that there are not too many.
    public static let minPartBytes: Int64 = 8 << 20
    /// How many parts there are at most; the other numbers are for what relieved writers may still send.
    static let maxParts: Int64 = 5000
    /// How many parts are sent at a time.
    static let maxInFlight = 2

    let store: any ObjectStore
    let spoolFolder: String
    let partBytes: Int64
    let threads: NIOThreadPool

    /// Parts are kept in `spoolFolder` until they are sent; it is made when it is missing.
    public init(
        _ store: any ObjectStore,
        spoolFolder: String,
        partBytes: Int64 = minPartBytes,
        threads: NIOThreadPool = .singleton
    ) {
        self.store = store
        self.spoolFolder = spoolFolder
        self.partBytes = partBytes
        self.threads = threads
    }

    public func resume(_ place: UploadPlace, hash: UploadHash?) async throws -> any UploadWriter {
        var placement = try placement(of: place)
        if let superseded = placement.superseded { try await delete(tails: superseded, of: place) }
        placement.superseded = nil
        let writer = try MultipartUploadWriter(self, place, placement, hash: hash)
        do {
            try await writer.loadTail()
        } catch {
            await writer.close()
            throw error
        }
        return writer
    }

    public func finish(_ place: UploadPlace) async throws {
        if let object = try await store.head(place.key), object.sizeBytes == place.offset {
            if !place.comesAtOnce { try await store.deleteAll(prefix: Self.folder(place)) }
            return
        }
        let placement = try placement(of: place)
        guard let upload = Self.upload(placement, place.key) else {
            guard let tail = placement.tail else { throw Self.lost(place) }
            try await store.copy(try ObjectKey(tail), to: place.key)
            return try await store.deleteAll(prefix: Self.folder(place))
        }
        let parts = try await store.parts(of: upload).filter { placement.contains($0.number) }
        guard parts.reduce(0, { $0 + $1.sizeBytes }) == place.offset else { throw Self.lost(place) }
        _ = try await store.complete(upload, parts: parts)
        if place.comesAtOnce { return }
        try await store.deleteAll(prefix: Self.folder(place))
    }

    public func discard(_ place: UploadPlace) async throws {
        if let upload = Self.upload(try placement(of: place), place.key) { try await store.abort(upload) }
        try await store.deleteAll(prefix: Self.folder(place))
        try await store.delete([place.key])
    }

    /// None, but for what a crash has left of parts on this machine, which goes after a day.
    ///
    /// Multipart uploads that were begun and never noted have no upload's name: `clipyard storage check` finds them.
    public func leftovers() async throws -> [String] {
        let sweep = ScratchSweep(folder: spoolFolder) { $0.hasPrefix(SpoolFile.namePrefix) }
        _ = try await threads.runIfActive { sweep.run(olderThan: .seconds(24 * 60 * 60)) }
        return []
    }

    public func discardLeftover(_ id: String) async throws {}

    /// Deletes objects by their names, which are never used again; what else is in the folder may be a newer writer's.
    func delete(tails: [String], of place: UploadPlace) async throws {
        try await store.delete(tails.filter { $0.hasPrefix(Self.folder(place)) }.map { try ObjectKey($0) })
    }

    func placement(of place: UploadPlace) throws -> MultipartPlacement {
        let mebibyte: Int64 = 1 << 20
        let needed = (place.maxBytes / Self.maxParts + mebibyte) / mebibyte * mebibyte
        return try MultipartPlacement(place.state, partBytes: max(partBytes, needed))
    }

    /// How many numbers of parts a writer can have used beyond those that were acknowledged.
    var numbersPerWriter: Int { Int(UploadMark.maxLagBytes / partBytes) + Self.maxInFlight + 2 }

    static func upload(_ placement: MultipartPlacement, _ key: ObjectKey) -> MultipartUpload? {
        placement.uploadID.map { MultipartUpload(key: key, id: $0, startedAt: placement.startedAt ?? .distantPast) }
    }

    static func folder(_ place: UploadPlace) -> String { "uploads/\(place.id)/tails/" }

    static func lost(_ place: UploadPlace) -> StorageError {
        StorageError(
            .notFound,
            doing: "resume",
            subject: place.key.rawValue,
            message: "fewer bytes are there than were"
        )
    }
}
