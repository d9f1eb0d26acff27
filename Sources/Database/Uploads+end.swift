public import Domain
import Postgres

/// How an upload becomes a video, and how it goes when it does not.
extension Uploads {
    /// What came of the end of an upload.
    public enum Finish: Sendable, Equatable {
        /// There is a new video.
        case recorded
        /// There is a new video, which shows what the creator's older one of the same bytes shows: these bytes are not
        /// needed.
        case shared
        /// It was the same request again, and there is nothing new: these bytes are not needed.
        case duplicate(of: VideoID)
        /// A `partial` upload is whole.
        case kept
        /// Somebody else took the upload over: nothing happened.
        case relieved
    }

    /// Records a video with its jobs, and that its upload has ended, in one transaction.
    ///
    /// There is no `video` for a partial upload. If `findsDuplicates`, nothing is made again of bytes that the creator
    /// has a video of already.
    ///
    /// A COMMIT of unknown outcome is looked up under the lock of the upload's row, which waits for a COMMIT that is
    /// still under way, and is repeated if it came to nothing.
    ///
    /// - Throws: ``UploadNotRecorded`` where it is certain that nothing happened; after any other error it may have.
    public func finish(
        _ upload: UploadRecord,
        as video: NewVideo?,
        findsDuplicates: Bool
    ) async throws -> Finish {
        var doubt: PostgresError?
        for pause in Self.finishPauses {
            try await Task.sleep(for: pause)
            do {
                if let error = doubt, let known = try await outcome(of: upload, after: error) { return known }
                doubt = nil
                return try await pool.withTransaction { transaction in
                    try await finish(upload, as: video, findsDuplicates: findsDuplicates, in: transaction)
                }
            } catch let error as PostgresError where error.kind == .commitUnknown {
                doubt = error
            } catch {
                guard doubt != nil else { throw UploadNotRecorded(error) }
            }
        }
        throw doubt ?? PostgresError(.connection, message: "the end of an upload could not be recorded")
    }

    /// Before the first try and those after an unknown outcome.
    private static let finishPauses: [Duration] = [.zero, .zero, .milliseconds(200), .seconds(1), .seconds(3)]

    /// Outcome of a COMMIT whose response was lost; `nil` if it was rolled back and may be tried again.
    private func outcome(of upload: UploadRecord, after error: PostgresError) async throws -> Finish? {
        // The transaction in doubt holds this lock until it has ended, whatever became of its client.
        guard let row = try await pool.query(Self.uploadLocked(upload.id)).first else { throw error }
        let now = try UploadRecord(row)
        if now.state == .finished {
            guard now.isDuplicate, let older = now.videoID else { return upload.kind == .partial ? .kept : .recorded }
            return .duplicate(of: older)
        }
        return now.isUnderWay && now.writer == upload.writer ? nil : .relieved
    }

    private func finish(
        _ upload: UploadRecord,
        as video: NewVideo?,
        findsDuplicates: Bool,
        in transaction: any DatabaseSession
    ) async throws -> Finish {
        try await transaction.execute(Self.authorLock(upload.authorID))
        let older: VideoID? =
            if let video, findsDuplicates {
                try await Videos.repeated(video, of: upload.id, within: repeatWindow, in: transaction)
            } else { nil }
        let videoID = older ?? upload.videoID
        let finished = Self.uploadFinish(upload, videoID, isDuplicate: older != nil, bytes: video?.sourceBytes)
        guard try await transaction.execute(finished) > 0 else { return .relieved }
        if let older { return .duplicate(of: older) }
        guard let video else { return .kept }
        let videos = Videos(pool: pool)
        if findsDuplicates, try await videos.share(video, in: transaction) { return .shared }
        try await videos.create(video, in: transaction)
        return .recorded
    }

    /// Uploads whose time is over, each given to one caller; their bytes are to be removed, and then their rows.
    ///
    /// What was received is never among them while maintenance tries to finish it.
    public func expire(limit: Int = 100) async throws -> [UploadRecord] {
        try await pool.query(Self.uploadsExpire(limit)).map(UploadRecord.init)
    }

    /// Forgets uploads that ended a day ago or longer; returns how many.
    @discardableResult
    public func forget() async throws -> Int { try await pool.execute(Self.uploadsForget) }

    /// Those of these ids that are under way.
    public func underWay(among ids: [String]) async throws -> Set<String> {
        Set(try await pool.query(Self.uploadsUnderWay(ids), as: String.self))
    }
}

extension Uploads {
    private static func uploadLocked(_ id: String) -> SQL {
        "SELECT \(UploadRecord.columns) FROM uploads WHERE id = \(id) FOR NO KEY UPDATE"
    }

    private static func uploadFinish(
        _ upload: UploadRecord,
        _ videoID: VideoID?,
        isDuplicate: Bool,
        bytes: Int64?
    ) -> SQL {
        """
        UPDATE uploads
        SET state = 'finished', video_id = \(videoID as VideoID?), is_duplicate = \(isDuplicate), is_writing = false,
            length_bytes = coalesce(\(bytes as Int64?), length_bytes),
            offset_bytes = coalesce(\(bytes as Int64?), offset_bytes), head = NULL,
            changed_at = clock_timestamp(),
            expires_at = clock_timestamp() + \(afterlife)
        WHERE id = \(upload.id) AND writer = \(upload.writer) AND state IN ('open', 'received')
        """
    }

    private static func uploadsExpire(_ limit: Int) -> SQL {
        """
        UPDATE uploads
        SET state = 'expired', writer = writer + 1, is_writing = false, head = NULL, changed_at = clock_timestamp(),
            expires_at = clock_timestamp() + \(afterlife)
        WHERE id IN (SELECT id FROM uploads
                     WHERE expires_at < clock_timestamp()
                       AND (state = 'open' OR kind = 'partial' AND state = 'finished'
                            OR state = 'received' AND stuck_at IS NOT NULL
                               AND coalesce(finishing_until < clock_timestamp(), true))
                     ORDER BY expires_at LIMIT \(limit) FOR NO KEY UPDATE SKIP LOCKED)
        RETURNING \(UploadRecord.columns)
        """
    }

    private static let uploadsForget: SQL = """
        DELETE FROM uploads
        WHERE expires_at < clock_timestamp()
          AND (state IN ('refused', 'cancelled', 'expired') OR state = 'finished' AND kind <> 'partial')
        """

    private static func uploadsUnderWay(_ ids: [String]) -> SQL {
        "SELECT id FROM uploads WHERE id = ANY(\(ids)) AND state IN ('open', 'received')"
    }
}
