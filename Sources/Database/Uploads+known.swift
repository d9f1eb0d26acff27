import Domain
import Postgres

/// Uploads of which no byte is needed.
extension Uploads {
    /// Makes a video at once of an upload that has just begun, where its creator has published the announced bytes before.
    ///
    /// - Returns: the finished upload; `nil` where its bytes are needed, and nothing happened.
    public func finishKnown(_ upload: UploadRecord) async throws -> UploadRecord? {
        guard let video = NewVideo(announcedBy: upload) else { return nil }
        return try await pool.withTransaction { transaction in
            try await transaction.execute(Self.authorLock(upload.authorID))
            guard try await transaction.first(Self.uploadLockUntouched(upload.id), as: Bool.self) != nil else {
                return nil
            }
            let older = try await Videos.repeated(video, of: upload.id, within: repeatWindow, in: transaction)
            if older == nil, try await !Videos(pool: pool).share(video, in: transaction) { return nil }
            return try await Self.one(transaction.query(Self.uploadFinishKnown(upload, older)))
        }
    }

    private static func uploadLockUntouched(_ id: String) -> SQL {
        "SELECT true FROM uploads WHERE id = \(id) AND state = 'open' AND writer = 0 FOR NO KEY UPDATE"
    }

    private static func uploadFinishKnown(_ upload: UploadRecord, _ older: VideoID?) -> SQL {
        """
        UPDATE uploads
        SET state = 'finished', video_id = coalesce(\(older as VideoID?), video_id), is_duplicate = \(older != nil),
            offset_bytes = length_bytes, head = NULL, changed_at = clock_timestamp(),
            expires_at = clock_timestamp() + \(afterlife)
        WHERE id = \(upload.id)
        RETURNING \(UploadRecord.columns)
        """
    }
}

extension NewVideo {
    /// What an upload becomes, if its client has said enough of it before the first byte.
    fileprivate init?(announcedBy upload: UploadRecord) {
        guard upload.kind == .whole, upload.metadata.awaitsCover != true, let id = upload.videoID,
            let length = upload.lengthBytes, let sha256 = upload.announcedSHA256
        else { return nil }
        self.init(
            id: id,
            authorID: upload.authorID,
            title: upload.metadata.title ?? "",
            visibility: upload.metadata.isHeld == true ? .held : .public,
            // That of the older one is taken.
            sourceKey: "",
            sourceBytes: length,
            sourceSHA256: sha256,
            pipeline: upload.metadata.pipeline,
            cover: upload.metadata.coverSeconds.map { .at(seconds: $0) } ?? .automatic
        )
    }
}
