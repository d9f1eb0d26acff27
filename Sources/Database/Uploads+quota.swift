import Domain
import Postgres

/// How much a creator has had.
extension Uploads {
    /// What counts for the quotas of a creator.
    struct Usage {
        var atOnce: Int
        var videos: Int
        var bytes: Int64
    }

    static func usage(of author: UserID, in session: any DatabaseSession) async throws -> Usage {
        let row = try await session.first(uploadUsage(author), as: (Int, Int, Int64).self)
        return Usage(atOnce: row?.0 ?? 0, videos: row?.1 ?? 0, bytes: row?.2 ?? 0)
    }

    /// Throws what is too much of an upload that is about to begin.
    static func require(
        _ quota: UploadQuota,
        for upload: NewUpload,
        in session: any DatabaseSession
    ) async throws {
        let author = upload.authorID
        let usage = try await usage(of: author, in: session)
        if let limit = quota.atOnce, usage.atOnce >= limit, upload.kind != .final {
            throw UploadQuota.Excess(limit: .atOnce(limit: limit), retryAfterSeconds: 60)
        }
        if let limit = quota.videosPerHour, usage.videos >= limit, upload.kind != .partial {
            let wait = try await session.first(uploadVideoLeaves(author, usage.videos - limit + 1), as: Int.self)
            throw UploadQuota.Excess(limit: .videosPerHour(limit: limit), retryAfterSeconds: max(1, wait ?? 60))
        }
        try await requireBytes(upload.lengthBytes ?? 1, quota, of: author, in: session)
    }

    /// Reserves room for bytes of an upload whose length is unknown, before they are taken.
    ///
    /// - Throws: ``UploadQuota/Excess`` where there is none.
    /// - Returns: up to where bytes may come, at least `end`; `nil` to a writer that was relieved.
    public func reserve(upTo end: Int64, of upload: UploadRecord, quota: UploadQuota) async throws -> Int64? {
        guard let limit = quota.bytesPerDay else { return .max }
        return try await pool.withTransaction { transaction in
            try await transaction.execute(Self.authorLock(upload.authorID))
            guard let reserved = try await transaction.first(Self.uploadReservation(upload), as: Int64.self) else {
                return nil
            }
            guard end > reserved else { return reserved }
            try await Self.requireBytes(end - reserved, quota, of: upload.authorID, in: transaction)
            let left = try await limit - Self.usage(of: upload.authorID, in: transaction).bytes
            let granted = reserved + max(end - reserved, min(left, Self.reservedBlockBytes))
            try await transaction.execute(Self.uploadReserve(upload, granted))
            return granted
        }
    }

    /// What is reserved at a time where there is room for it.
    private static let reservedBlockBytes: Int64 = 16 << 20

    static func uploadReservation(_ upload: UploadRecord) -> SQL {
        """
        SELECT greatest(offset_bytes, reserved_bytes) FROM uploads
        WHERE id = \(upload.id) AND writer = \(upload.writer) AND state = 'open'
        """
    }

    private static func uploadReserve(_ upload: UploadRecord, _ bytes: Int64) -> SQL {
        "UPDATE uploads SET reserved_bytes = \(bytes) WHERE id = \(upload.id) AND writer = \(upload.writer)"
    }

    /// Throws if a creator may not send so many bytes more.
    static func requireBytes(
        _ bytes: Int64,
        _ quota: UploadQuota,
        of author: UserID,
        in session: any DatabaseSession
    ) async throws {
        guard let limit = quota.bytesPerDay else { return }
        let used = try await usage(of: author, in: session).bytes
        // Two numbers that a client chose are not added.
        guard bytes > limit - used else { return }
        let excess = bytes > limit ? used : used + bytes - limit
        let wait = bytes > limit ? nil : try await session.first(uploadBytesLeave(author, excess), as: Int.self)
        throw UploadQuota.Excess(
            limit: .bytesPerDay(limit: limit, left: max(0, limit - used)),
            retryAfterSeconds: max(1, wait ?? 24 * 60 * 60)
        )
    }

    /// Bytes that an upload counts for: announced or reserved while there may be bytes of it, and then received.
    private static let countedBytes: SQL = """
        CASE WHEN state = 'finished' OR removed_at IS NOT NULL THEN offset_bytes
             ELSE coalesce(length_bytes, greatest(offset_bytes, reserved_bytes)) END
        """

    private static func uploadUsage(_ author: UserID) -> SQL {
        """
        SELECT count(*) FILTER (WHERE is_under_way AND kind <> 'final'),
               count(*) FILTER (WHERE kind <> 'partial' AND (is_under_way OR is_new_video)),
               coalesce(sum(bytes) FILTER (WHERE created_at > clock_timestamp() - interval '24 hours'), 0)::bigint
        FROM (SELECT kind, created_at, \(countedBytes) AS bytes,
                     state IN ('open', 'received') AND stuck_at IS NULL AS is_under_way,
                     state = 'finished' AND NOT is_duplicate
                     AND changed_at > clock_timestamp() - interval '1 hour' AS is_new_video
              FROM uploads
              WHERE author_id = \(author)
                AND (created_at > clock_timestamp() - interval '24 hours' OR state IN ('open', 'received')
                     OR changed_at > clock_timestamp() - interval '1 hour')) AS upload
        """
    }

    /// Seconds until so many of the videos of the last hour are older than that.
    private static func uploadVideoLeaves(_ author: UserID, _ count: Int) -> SQL {
        """
        SELECT ceil(extract(epoch FROM changed_at + interval '1 hour' - clock_timestamp()))::bigint
        FROM (SELECT changed_at, row_number() OVER (ORDER BY changed_at) AS number
              FROM uploads
              WHERE author_id = \(author) AND kind <> 'partial' AND state = 'finished' AND NOT is_duplicate
                AND changed_at > clock_timestamp() - interval '1 hour') AS video
        WHERE number = \(count)
        """
    }

    /// Seconds until so many of the bytes of the last day are older than that.
    private static func uploadBytesLeave(_ author: UserID, _ bytes: Int64) -> SQL {
        """
        SELECT ceil(extract(epoch FROM created_at + interval '24 hours' - clock_timestamp()))::bigint
        FROM (SELECT created_at, sum(\(countedBytes)) OVER (ORDER BY created_at, id) AS freed
              FROM uploads
              WHERE author_id = \(author) AND created_at > clock_timestamp() - interval '24 hours') AS upload
        WHERE freed >= \(bytes)
        ORDER BY created_at LIMIT 1
        """
    }
}
