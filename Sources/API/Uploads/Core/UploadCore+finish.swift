import Crypto
import Database
import Domain
import NIOCore
import ObjectStorage

/// How an upload becomes a video.
extension UploadCore {
    /// Makes an object of the bytes and a video of the object.
    ///
    /// It may be called again, by any process, until it has succeeded: an upload whose bytes are all here is never lost.
    /// One process does it at a time: what is returned while another one does is still `received`.
    func finish(
        _ received: UploadRecord,
        _ hash: UploadHash? = nil,
        isMaintenance: Bool = false
    ) async throws -> UploadRecord {
        guard var upload = try await uploads.claimToFinish(received.id, counting: isMaintenance) else {
            return try await require(received.id, of: received.authorID)
        }
        upload.lengthBytes = upload.offsetBytes
        let renewal = Task { [upload] in
            while !Task.isCancelled {
                try await Task.sleep(for: uploads.finishingLease / 3)
                // Where the database does not answer for a moment the next time may do.
                guard (try? await uploads.renewFinishing(upload)) != false else { return }
            }
        }
        defer { renewal.cancel() }
        do {
            return try await makeVideo(of: upload, hash)
        } catch {
            throw try await postpone(upload, after: error)
        }
    }

    /// Lets others try, or after too many failures an operator; returns what a client is told.
    private func postpone(_ upload: UploadRecord, after error: any Error) async throws -> any Error {
        let told = try await lost(error, upload)
        // A text of the database holds no zero.
        let reason = String("\(error)".filter { $0 != "\0" }.prefix(500))
        let isStuck = try await uploads.postpone(upload, because: reason, isOutage: Self.isOutage(error))
        return isStuck == true ? APIError.uploadStuck : told
    }

    /// The end of an upload whose client does not know where it is, and of which everything has arrived.
    func finishUnattended(_ upload: UploadRecord, _ hash: UploadHash?) async throws -> UploadRecord {
        do {
            return try await finish(upload, hash)
        } catch {
            let now = try? await uploads.find(upload.id)
            if let now, now.state == .finished { return now }
            guard now == nil || now?.state == .received else { throw error }
            throw UploadUnfinished(underlying: error)
        }
    }

    /// True for errors of a store or a database that is away, which say nothing about the upload.
    static func isOutage(_ error: any Error) -> Bool {
        let cause = (error as? UploadNotRecorded)?.underlying ?? error
        guard let failure = cause as? StorageError else { return DatabaseHealth.isTemporary(cause) }
        return [.network, .busy, .full, .denied].contains(failure.code)
    }

    private func makeVideo(of upload: UploadRecord, _ hash: UploadHash?) async throws -> UploadRecord {
        let key = try key(of: upload)
        try await makeObject(of: try place(of: upload))
        let sha256 = hash?.count == upload.offsetBytes ? hash?.digest() : nil
        let digest = if let sha256 { sha256 } else { try await digest(of: key) }
        if let announced = upload.announcedSHA256, announced != digest {
            try await refuse(upload, .checksumMismatch)
            throw APIError.checksumMismatch
        }
        try await record(upload, key, digest)
        hashes.keep(nil, of: upload.id)
        return try await require(upload.id, of: upload.authorID)
    }

    private func makeObject(of place: UploadPlace) async throws {
        do {
            try await sink.finish(place)
        } catch let error as StorageError where error.code == .notFound {
            // Another process may have made it between two of our steps: then it is found now.
            try await sink.finish(place)
        }
    }

    private func record(_ upload: UploadRecord, _ key: ObjectKey, _ sha256: [UInt8]) async throws {
        let video = upload.videoID.map { id in
            NewVideo(
                id: id,
                authorID: upload.authorID,
                title: upload.metadata.title ?? "",
                visibility: upload.metadata.isHeld == true ? .held : .public,
                sourceKey: key.rawValue,
                sourceBytes: upload.offsetBytes,
                sourceSHA256: sha256,
                pipeline: upload.metadata.pipeline,
                cover: cover(of: upload)
            )
        }
        switch try await uploads.finish(upload, as: video, findsDuplicates: rules.findsDuplicates) {
        case .recorded, .kept: break
        case .relieved: throw APIError.uploadTakenOver
        // These bytes stand below a number that no video's media have.
        case .duplicate, .shared: try await discard(upload)
        }
    }

    private func cover(of upload: UploadRecord) -> CoverWish {
        if let key = upload.coverKey { return .image(key: key) }
        return upload.metadata.coverSeconds.map { .at(seconds: $0) } ?? .automatic
    }

    private func digest(of key: ObjectKey) async throws -> [UInt8] {
        var hash = SHA256()
        for try await bytes in try await store.get(key, range: nil) { hash.update(data: bytes.readableBytesView) }
        return Array(hash.finalize())
    }

    /// One video out of uploads that came one beside the other.
    func concatenate(
        _ ids: [String],
        by author: UserID,
        metadata: UploadMetadata,
        sha256: [UInt8]?
    ) async throws -> UploadRecord {
        var parts: [UploadRecord] = []
        guard Set(ids).count == ids.count else { throw APIError.repeatedPart }
        for id in ids {
            let part = try await require(id, of: author)
            guard part.kind == .partial, part.state == .finished else { throw APIError.partNotFinished(id) }
            parts.append(part)
        }
        let length = parts.map(\.offsetBytes).reduce(0, +)
        var metadata = metadata
        metadata.parts = ids
        let final = try await create(.final, by: author, length: length, metadata: metadata, sha256: sha256)
        do {
            return try await join(parts, into: final)
        } catch {
            throw await abandon(final, after: error)
        }
    }

    private func join(_ parts: [UploadRecord], into final: UploadRecord) async throws -> UploadRecord {
        guard let upload = try await uploads.claim(final.id, isWriting: true) else { throw APIError.uploadTakenOver }
        let hash = UploadHash()
        let writer = try await sink.resume(try place(of: upload), hash: hash)
        let pump = UploadPump(
            upload,
            limit: upload.lengthBytes ?? 0,
            writer: writer,
            acknowledger: Acknowledger(upload, uploads, writer),
            checksum: nil
        )
        do {
            for part in parts {
                for try await bytes in try await store.get(try key(of: part), range: nil) { try await pump.take(bytes) }
            }
            try await pump.verify(isLast: true)
            try await pump.flush(isLast: true)
        } catch {
            // Before the row is told: what no mark has named goes now, or is found by nobody.
            await pump.close()
            throw error
        }
        await pump.close()
        guard try await uploads.release(upload.id, writer: upload.writer, isReceived: true) else {
            throw APIError.uploadTakenOver
        }
        return try await finish(upload, hash)
    }
}

/// The end of an upload has failed after all of it had arrived: maintenance goes on with it.
struct UploadUnfinished: Error {
    let underlying: any Error
}
