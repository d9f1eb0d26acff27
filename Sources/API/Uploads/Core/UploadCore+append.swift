import Database
import Domain
import Hummingbird
import NIOCore
import ObjectStorage

/// The bytes of one request.
struct UploadPiece: Sendable {
    /// Where the client believes that the upload goes on.
    var offset: Int64
    /// How many bytes it says will come; `nil` if it does not say.
    var count: Int64?
    /// How long it says the whole is; `nil` if it does not say.
    var length: Int64?
    /// Whether the upload ends with this request; `nil` where its length says so.
    var isLast: Bool?
    var checksum: UploadChecksum?
    var body: RequestBody

    /// The offset behind its last byte; `nil` if it does not say how many come.
    ///
    /// - Throws: where the two numbers of the client have a sum beyond 64 bits.
    var end: Int64? {
        get throws(APIError) {
            guard let count else { return nil }
            let (end, overflows) = offset.addingReportingOverflow(count)
            guard !overflows else { throw .inconsistentLength }
            return end
        }
    }
}

/// How bytes are added to an upload.
extension UploadCore {
    /// Why a request ended.
    private enum End { case whole, broken(any Error) }

    /// What is there now that a request has ended, and what is wrong with that end.
    private struct Ending {
        let isWhole: Bool
        let error: (any Error)?
    }

    /// Appends what a request brings, and makes a video of the upload if it is whole then.
    func append(_ piece: UploadPiece, to id: String, of author: UserID) async throws -> UploadRecord {
        let found = try await require(id, of: author)
        guard found.kind != .final else { throw APIError.notAppendable }
        guard found.state == .open else { return try await repeatEnd(of: found, piece) }
        guard found.offsetBytes == piece.offset else { throw APIError.offsetMismatch(found) }
        await active.stop(id)
        guard let claimed = try await uploads.claim(id, isWriting: true) else {
            return try await repeatEnd(of: require(id, of: author), piece)
        }
        guard claimed.offsetBytes == piece.offset, claimed.state == .open else {
            _ = try await uploads.release(id, writer: claimed.writer, isReceived: false)
            throw APIError.offsetMismatch(claimed)
        }
        let turn = active.begin(id)
        defer { active.end(id, turn) }
        return try await write(piece, to: claimed, turn)
    }

    /// A client that has not heard the answer asks again: nothing is left to be sent.
    private func repeatEnd(of upload: UploadRecord, _ piece: UploadPiece) async throws -> UploadRecord {
        if upload.wasKnown { return try await skip(piece, of: upload) }
        guard piece.offset == upload.offsetBytes, (piece.count ?? 0) == 0 else {
            throw APIError.offsetMismatch(upload)
        }
        return try await locate(upload.id, of: upload.authorID)
    }

    /// A client that did not hear that the upload was finished at once sends it nevertheless.
    private func skip(_ piece: UploadPiece, of upload: UploadRecord) async throws -> UploadRecord {
        var left = upload.offsetBytes
        for try await bytes in piece.body {
            left -= Int64(bytes.readableBytes)
            guard left >= 0 else { throw APIError.longerThanDeclared(upload.offsetBytes) }
        }
        return upload
    }

    private func write(
        _ piece: UploadPiece,
        to claimed: UploadRecord,
        _ turn: ActiveUploads.Turn
    ) async throws -> UploadRecord {
        var upload = claimed
        let hash = hashes.take(upload.id, of: upload.offsetBytes)
        // What fails the checksum is forgotten, also by the hash.
        let oldHash = piece.checksum == nil ? nil : hash?.copy()
        let pump: UploadPump
        do {
            try await declareLength(piece, of: &upload)
            pump = try await makePump(piece, for: upload, hash)
        } catch {
            _ = try await uploads.release(upload.id, writer: upload.writer, isReceived: false)
            throw try await lost(error, upload)
        }
        let end = await receive(piece, pump, upload, turn)
        // Whatever becomes of the connection, and of the task that belongs to it.
        return try await Task { [upload] in
            hashes.keep(oldHash, of: upload.id)
            let ending = try await complete(piece, pump, upload, end)
            hashes.keep(hash, of: upload.id)
            if let error = ending.error { throw error }
            return ending.isWhole ? try await finish(upload, hash) : try await require(upload.id, of: upload.authorID)
        }.value
    }

    /// Takes over how long the whole is, where the client has said so only now.
    private func declareLength(_ piece: UploadPiece, of upload: inout UploadRecord) async throws {
        let byCount = piece.isLast == true ? try piece.end : nil
        guard let length = piece.length ?? byCount else { return }
        guard byCount ?? length == length, upload.lengthBytes ?? length == length, length >= upload.offsetBytes else {
            throw APIError.inconsistentLength
        }
        guard upload.lengthBytes == nil else { return }
        guard length <= rules.maxBytes else { throw APIError.fileTooLarge(rules.maxBytes) }
        guard
            try await translatingExcess({ [upload] in
                try await uploads.declare(length, of: upload, quota: rules.quota)
            })
        else { throw APIError.uploadTakenOver }
        upload.lengthBytes = length
    }

    private func makePump(_ piece: UploadPiece, for upload: UploadRecord, _ hash: UploadHash?) async throws
        -> UploadPump
    {
        let limit = upload.lengthBytes ?? rules.maxBytes
        guard let count = piece.count, count > limit - upload.offsetBytes else {
            let writer = try await sink.resume(try place(of: upload), hash: hash)
            return UploadPump(
                upload,
                limit: limit,
                writer: writer,
                acknowledger: Acknowledger(upload, uploads, writer),
                checksum: piece.checksum,
                reserve: reservation(of: upload)
            )
        }
        throw upload.lengthBytes == nil ? APIError.fileTooLarge(limit) : APIError.longerThanDeclared(limit)
    }

    /// Room for what comes; `nil` where the length was declared, and so counts already.
    func reservation(of upload: UploadRecord) -> UploadPump.Reserve? {
        guard upload.lengthBytes == nil else { return nil }
        return { position in
            let end = try await translatingExcess {
                try await uploads.reserve(upTo: position, of: upload, quota: rules.quota)
            }
            guard let end else { throw APIError.uploadTakenOver }
            return end
        }
    }

    /// Reads the request, unless a newer one wants the upload.
    private func receive(
        _ piece: UploadPiece,
        _ pump: UploadPump,
        _ upload: UploadRecord,
        _ turn: ActiveUploads.Turn
    ) async -> End {
        await withTaskGroup(of: End.self) { group in
            group.addTask {
                do {
                    for try await bytes in piece.body { try await pump.take(bytes) }
                    let count = await pump.position - upload.offsetBytes
                    guard !Task.isCancelled, piece.count ?? count == count else { throw APIError.uploadInterrupted }
                    return .whole
                } catch let error as APIError {
                    return .broken(error)
                } catch let error as StorageError {
                    return .broken(error)
                } catch {
                    return .broken(APIError.uploadInterrupted)
                }
            }
            group.addTask {
                for await _ in turn.stop { break }
                return .broken(APIError.uploadTakenOver)
            }
            group.addTask { await awaitTakeover(of: upload) }
            let end = await group.next() ?? .broken(CancellationError())
            group.cancelAll()
            return end
        }
    }

    /// Returns when a request of another process has taken the upload over.
    private func awaitTakeover(of upload: UploadRecord) async -> End {
        while !Task.isCancelled {
            try? await Task.sleep(for: Acknowledger.interval)
            // A database that does not answer for a moment is no reason to stop.
            guard let writer = try? await uploads.writer(of: upload.id) else { continue }
            if writer != upload.writer { break }
        }
        return .broken(APIError.uploadTakenOver)
    }

    /// Ends the request: keeps what came, says so, and lets the next one write.
    private func complete(
        _ piece: UploadPiece,
        _ pump: UploadPump,
        _ upload: UploadRecord,
        _ end: End
    ) async throws -> Ending {
        do {
            let ending = try await judge(end, piece, pump, upload)
            try await pump.flush(isLast: ending.isWhole)
            await pump.close()
            guard try await uploads.release(upload.id, writer: upload.writer, isReceived: ending.isWhole) else {
                throw APIError.uploadTakenOver
            }
            return ending
        } catch {
            await pump.close()
            _ = try await uploads.release(upload.id, writer: upload.writer, isReceived: false)
            throw try await lost(error, upload)
        }
    }

    /// - Throws: what makes the bytes of the request worthless.
    private func judge(
        _ end: End,
        _ piece: UploadPiece,
        _ pump: UploadPump,
        _ upload: UploadRecord
    ) async throws -> Ending {
        if case .broken(let error) = end {
            guard await pump.keepsFragments, Self.leavesFragments(error) else { throw error }
            return Ending(isWhole: false, error: error)
        }
        let position = await pump.position
        let isWhole = piece.isLast ?? (upload.lengthBytes == position)
        if isWhole, upload.lengthBytes != position { try await declareEnd(at: position, of: upload) }
        try await pump.verify(isLast: isWhole)
        return Ending(isWhole: isWhole, error: nil)
    }

    /// The client did not know the length, or said another.
    private func declareEnd(at position: Int64, of upload: UploadRecord) async throws {
        guard upload.lengthBytes == nil else { throw APIError.inconsistentLength }
        guard position > 0 else { throw APIError.emptyUpload }
        guard try await uploads.declare(position, of: upload, quota: UploadQuota()) else {
            throw APIError.uploadTakenOver
        }
    }

    /// Whether the bytes that came before this error are good.
    private static func leavesFragments(_ error: any Error) -> Bool {
        guard let error = error as? APIError else { return false }
        return [.incompleteUpload, .uploadTakenOver, .longerThanDeclared, .uploadQuota].contains(error.code)
    }

    /// Ends an upload that cannot be gone on with; returns what its client is told.
    func lost(_ error: any Error, _ upload: UploadRecord) async throws -> any Error {
        if let error = error as? APIError, error.code == .notAVideo {
            try await refuse(upload, error)
            return error.closingConnection
        }
        guard let failure = error as? StorageError else { return error }
        if failure.code == .locked { return APIError.uploadBusy }
        guard failure.code == .notFound else { return failure }
        try await refuse(upload, .uploadLost)
        return APIError.uploadLost
    }

    func refuse(_ upload: UploadRecord, _ error: APIError) async throws {
        let reason = error.message.english
        let code = error.code.name
        guard try await uploads.refuse(upload.id, writer: upload.writer, code: code, reason: reason) else {
            throw APIError.uploadTakenOver
        }
        try await discard(upload)
    }
}
