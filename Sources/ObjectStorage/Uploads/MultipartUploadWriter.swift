import Foundation
import NIOCore
import NIOPosix
import Synchronization

/// Takes the bytes of one request and sends them on, part by part: the only way in which bytes that arrive become parts.
///
/// Unchecked because it changes: one task uses it, but for `mark`.
final class MultipartUploadWriter: UploadWriter, @unchecked Sendable {
    /// What the store has.
    private struct Progress {
        var placement: MultipartPlacement
        /// True once a mark has named the multipart upload: until then, only this writer knows of it.
        var isNamed: Bool

        /// The state of a mark.
        mutating func name() throws -> String {
            isNamed = isNamed || placement.uploadID != nil
            return try placement.text
        }
    }

    private let uploads: MultipartUploads
    private let place: UploadPlace
    private let hash: UploadHash?
    private let sender = PartSender(atOnce: MultipartUploads.maxInFlight)
    private var upload: MultipartUpload?
    private var spool: SpoolFile
    private var blocks: BlockWriter
    /// How many parts were begun.
    private var begunCount: Int
    private let progress: Mutex<Progress>

    init(_ uploads: MultipartUploads, _ place: UploadPlace, _ placement: MultipartPlacement, hash: UploadHash?) throws {
        (self.uploads, self.place, self.hash) = (uploads, place, hash)
        upload = MultipartUploads.upload(placement, place.key)
        begunCount = placement.partCount
        progress = Mutex(Progress(placement: placement, isNamed: placement.uploadID != nil))
        spool = try SpoolFile(in: uploads.spoolFolder)
        blocks = Self.blocks(to: spool, hash: nil, uploads)
    }

    /// Brings back what came after the last part.
    func loadTail() async throws {
        let placement = progress.withLock { $0.placement }
        if let tail = placement.tail {
            for try await bytes in try await uploads.store.get(try ObjectKey(tail), range: nil) {
                try await blocks.write(bytes)
            }
            guard blocks.position == placement.tailBytes else { throw MultipartUploads.lost(place) }
            progress.withLock { $0.placement.superseded = [tail] }
        }
        guard placement.storedBytes + placement.tailBytes == place.offset else { throw MultipartUploads.lost(place) }
        // What was loaded is in the hash already, if there is one.
        try await blocks.finish()
        blocks.startHashing(hash)
    }

    func write(_ bytes: ByteBuffer) async throws {
        var rest = bytes
        while rest.readableBytes > 0 {
            let missing = progress.withLock { $0.placement.partBytes } - blocks.position
            guard let piece = rest.readSlice(length: Int(min(missing, Int64(rest.readableBytes)))) else { return }
            try await blocks.write(piece)
            if Int64(piece.readableBytes) == missing { try await sendPart() }
        }
    }

    /// The parts that the store has.
    func mark() async throws -> UploadMark {
        try progress.withLock { progress in
            let storedBytes = progress.placement.storedBytes
            guard storedBytes > place.offset else { return UploadMark(offset: place.offset, state: place.state) }
            return UploadMark(offset: storedBytes, state: try progress.name())
        }
    }

    func flush(isLast: Bool) async throws -> UploadMark {
        if blocks.position > 0 {
            if isLast, upload != nil || begunCount > 0 { try await sendPart() } else { try await putTail() }
        }
        try await sender.finish()
        return try progress.withLock { progress in
            let offset = progress.placement.storedBytes + progress.placement.tailBytes
            return UploadMark(offset: offset, state: try progress.name())
        }
    }

    func settle(isRecorded: Bool) async {
        let placement = progress.withLock { $0.placement }
        let needless = isRecorded ? placement.superseded ?? [] : placement.tail.map { [$0] } ?? []
        guard !needless.isEmpty else { return }
        // What is left now goes when the upload is resumed, or at its end.
        try? await uploads.delete(tails: needless, of: place)
    }

    func close() async {
        await blocks.stop()
        await sender.stop()
        spool.remove()
        guard let upload, progress.withLock({ !$0.isNamed }) else { return }
        // Also when the task of the request was cancelled; where that fails, `clipyard storage check` finds it.
        await Task { [store = uploads.store] in try? await store.abort(upload) }.value
    }

    private static func blocks(to spool: SpoolFile, hash: UploadHash?, _ uploads: MultipartUploads) -> BlockWriter {
        BlockWriter(at: 0, hash: hash, threads: uploads.threads) { try spool.write($0, at: $1) }
    }

    /// Begins to send the part that is whole, and another one.
    private func sendPart() async throws {
        try await blocks.finish()
        let (upload, sizeBytes, spool) = (try await beginUpload(), blocks.position, spool)
        begunCount += 1
        // Relieved writers can have begun so many parts more than were acknowledged: these numbers are not theirs.
        let number = begunCount + place.takeovers * uploads.numbersPerWriter
        guard MultipartUpload.partNumbers.contains(number) else {
            let (key, message) = (place.key.rawValue, "too many interruptions")
            throw StorageError(.conflict, doing: "upload", subject: key, message: message)
        }
        try await sender.begin { [store = uploads.store] in
            defer { spool.remove() }
            return try await store.putPart(number, of: upload, file: spool.path, range: 0..<sizeBytes)
        } report: { [self] part in
            progress.withLock { $0.placement.add(part.number, sizeBytes: part.sizeBytes) }
        }
        self.spool = try SpoolFile(in: uploads.spoolFolder)
        blocks = Self.blocks(to: self.spool, hash: hash, uploads)
    }

    private func beginUpload() async throws -> MultipartUpload {
        if let upload { return upload }
        let new = try await uploads.store.beginMultipart(place.key)
        upload = new
        progress.withLock { ($0.placement.uploadID, $0.placement.startedAt) = (new.id, new.startedAt) }
        return new
    }

    /// Keeps what is no whole part as an object, where the next writer finds it whichever machine it is on.
    private func putTail() async throws {
        try await blocks.finish()
        try await sender.finish()
        let sizeBytes = blocks.position
        let name = String(UInt64.random(in: .min ... .max), radix: 36)
        // What nobody else writes to has its own key at once.
        let key = place.comesAtOnce ? place.key : try ObjectKey(MultipartUploads.folder(place) + name)
        try await uploads.store.put(key, movingFile: spool.path)
        progress.withLock { ($0.placement.tail, $0.placement.tailBytes) = (key.rawValue, sizeBytes) }
    }
}
