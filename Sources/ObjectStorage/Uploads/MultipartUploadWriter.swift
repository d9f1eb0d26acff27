import Foundation
import NIOCore
import NIOPosix
import Synchronization

/// Takes the bytes of one request and sends them on, part by part.
///
/// Unchecked because it changes: one task uses it, but for `mark`.
final class MultipartUploadWriter: UploadWriter, @unchecked Sendable {
    private struct Sending {
        let spool: SpoolFile
        let task: Task<MultipartPart, any Error>
    }

    private let uploads: MultipartUploads
    private let place: UploadPlace
    private let hash: UploadHash?
    private var upload: MultipartUpload?
    private var spool: SpoolFile
    private var blocks: BlockWriter
    private var sending: [Sending] = []
    /// How many parts were begun.
    private var begunCount: Int
    /// What the store has.
    private let placement: Mutex<MultipartPlacement>

    init(_ uploads: MultipartUploads, _ place: UploadPlace, _ placement: MultipartPlacement, hash: UploadHash?) throws {
        (self.uploads, self.place, self.hash) = (uploads, place, hash)
        upload = MultipartUploads.upload(placement, place.key)
        begunCount = placement.partCount
        self.placement = Mutex(placement)
        spool = try SpoolFile(in: uploads.spoolFolder)
        blocks = Self.blocks(to: spool, hash: nil, uploads)
    }

    /// Brings back what came after the last part.
    func loadTail() async throws {
        let placement = placement.withLock { $0 }
        if let tail = placement.tail {
            for try await bytes in try await uploads.store.get(try ObjectKey(tail), range: nil) {
                try await blocks.write(bytes)
            }
            guard blocks.position == placement.tailBytes else { throw MultipartUploads.lost(place) }
        }
        guard placement.storedBytes + placement.tailBytes == place.offset else { throw MultipartUploads.lost(place) }
        // What was loaded is in the hash already, if there is one.
        try await blocks.finish()
        blocks.startHashing(hash)
    }

    func write(_ bytes: ByteBuffer) async throws {
        var rest = bytes
        while rest.readableBytes > 0 {
            let missing = placement.withLock { $0.partBytes } - blocks.position
            guard let piece = rest.readSlice(length: Int(min(missing, Int64(rest.readableBytes)))) else { return }
            try await blocks.write(piece)
            if Int64(piece.readableBytes) == missing { try await sendPart() }
        }
    }

    /// The parts that the store has.
    func mark() async throws -> UploadMark {
        let placement = placement.withLock { $0 }
        guard placement.storedBytes > place.offset else { return UploadMark(offset: place.offset, state: place.state) }
        return UploadMark(offset: placement.storedBytes, state: try placement.text)
    }

    func flush(isLast: Bool) async throws -> UploadMark {
        if blocks.position > 0 {
            if isLast, upload != nil || begunCount > 0 { try await sendPart() } else { try await putTail() }
        }
        while !sending.isEmpty { try await finishFirst() }
        let placement = placement.withLock { $0 }
        return UploadMark(offset: placement.storedBytes + placement.tailBytes, state: try placement.text)
    }

    func close() async {
        await blocks.stop()
        for part in sending { _ = try? await part.task.value }
        sending = []
        spool.remove()
    }

    private static func blocks(to spool: SpoolFile, hash: UploadHash?, _ uploads: MultipartUploads) -> BlockWriter {
        BlockWriter(at: 0, hash: hash, threads: uploads.threads) { try spool.write($0, at: $1) }
    }

    /// Begins to send the part that is whole, and another one.
    private func sendPart() async throws {
        try await blocks.finish()
        if sending.count == MultipartUploads.maxInFlight { try await finishFirst() }
        let (upload, sizeBytes, spool) = (try await beginUpload(), blocks.position, spool)
        begunCount += 1
        // Relieved writers can have begun so many parts more than were acknowledged: these numbers are not theirs.
        let number = begunCount + place.takeovers * uploads.numbersPerWriter
        guard MultipartUpload.partNumbers.contains(number) else {
            throw StorageError(
                .conflict,
                doing: "upload",
                subject: place.key.rawValue,
                message: "too many interruptions"
            )
        }
        let task = Task { [store = uploads.store] in
            try await store.putPart(number, of: upload, file: spool.path, range: 0..<sizeBytes)
        }
        sending.append(Sending(spool: spool, task: task))
        self.spool = try SpoolFile(in: uploads.spoolFolder)
        blocks = Self.blocks(to: self.spool, hash: hash, uploads)
    }

    private func finishFirst() async throws {
        let first = sending.removeFirst()
        let part = try await first.task.value
        first.spool.remove()
        placement.withLock { $0.add(part.number, sizeBytes: part.sizeBytes) }
    }

    private func beginUpload() async throws -> MultipartUpload {
        if let upload { return upload }
        let new = try await uploads.store.beginMultipart(place.key)
        upload = new
        placement.withLock { ($0.uploadID, $0.startedAt) = (new.id, new.startedAt) }
        return new
    }

    /// Keeps what is no whole part as an object, where the next writer finds it whichever machine it is on.
    private func putTail() async throws {
        try await blocks.finish()
        while !sending.isEmpty { try await finishFirst() }
        let sizeBytes = blocks.position
        let name = String(UInt64.random(in: .min ... .max), radix: 36)
        // What nobody else writes to has its own key at once.
        let key = place.comesAtOnce ? place.key : try ObjectKey(MultipartUploads.folder(place) + name)
        try await uploads.store.put(key, movingFile: spool.path)
        placement.withLock { ($0.tail, $0.tailBytes) = (key.rawValue, sizeBytes) }
    }
}
