public import Domain
public import Postgres

/// Uploads on their way: who may go on with one, and how much of it is safe.
///
/// A request that goes on with an upload draws a number, its `writer`, which takes the upload over from whoever
/// had it: the older request can acknowledge nothing more, whether it is alive or hangs on a dead connection.
public struct Uploads: Sendable {
    let pool: PostgresPool
    /// How long an upload waits for its next byte.
    let lifetime: Duration

    /// How long after a video was published the same request is taken for a repetition of the first.
    let repeatWindow: Duration

    /// Lease of finishing: time that a process that has died keeps the others from it.
    public let finishingLease: Duration

    /// Time that an upload waits for an operator after maintenance has stopped trying to finish it.
    let unfinishedLifetime: Duration

    /// How long the row of an upload that has ended tells what became of it, and counts for its creator's quotas.
    static let afterlife = Duration.seconds(24 * 60 * 60)

    public init(
        _ pool: PostgresPool,
        lifetime: Duration = .seconds(24 * 60 * 60),
        repeatWindow: Duration = .seconds(10 * 60),
        finishingLease: Duration = .seconds(30),
        unfinishedLifetime: Duration = .seconds(7 * 24 * 60 * 60)
    ) {
        self.pool = pool
        self.lifetime = lifetime
        self.repeatWindow = repeatWindow
        self.finishingLease = finishingLease
        self.unfinishedLifetime = unfinishedLifetime
    }

    /// Records an upload before its first byte.
    ///
    /// - Throws: ``UploadQuota/Excess`` where its creator has had enough.
    @discardableResult
    public func create(_ upload: NewUpload, quota: UploadQuota) async throws -> UploadRecord {
        try await pool.withTransaction { transaction in
            try await transaction.execute(Self.authorLock(upload.authorID))
            try await Self.require(quota, for: upload, in: transaction)
            return try await Self.one(transaction.query(Self.uploadInsert(upload, lifetime)))
        }
    }

    /// What is known of an upload; `nil` when there is none.
    public func find(_ id: String) async throws -> UploadRecord? {
        try await pool.query(Self.uploadByID(id)).first.map(UploadRecord.init)
    }

    /// Takes an upload over from whoever writes to it; `nil` when no more bytes can come.
    ///
    /// The new owner need not write: it may only want the older one to stop.
    public func claim(_ id: String, isWriting: Bool) async throws -> UploadRecord? {
        try await pool.query(Self.uploadClaim(id, isWriting, lifetime)).first.map(UploadRecord.init)
    }

    /// Who writes to an upload now; `nil` when there is nothing to write to.
    public func writer(of id: String) async throws -> Int64? {
        try await pool.first(Self.uploadWriter(id), as: Int64.self)
    }

    /// Says how long an upload will be.
    ///
    /// - Throws: ``UploadQuota/Excess`` where that is more than its creator may still send.
    /// - Returns: false to a writer that was relieved.
    public func declare(_ length: Int64, of upload: UploadRecord, quota: UploadQuota) async throws -> Bool {
        try await pool.withTransaction { transaction in
            try await transaction.execute(Self.authorLock(upload.authorID))
            let reserved = try await transaction.first(Self.uploadReservation(upload), as: Int64.self) ?? 0
            try await Self.requireBytes(length - reserved, quota, of: upload.authorID, in: transaction)
            return try await transaction.execute(Self.uploadLength(upload.id, upload.writer, length)) > 0
        }
    }

    /// Makes sure that a client need not send again what is before `offset`.
    ///
    /// - Returns: false to a writer that was relieved: nothing happened.
    public func acknowledge(
        _ id: String,
        writer: Int64,
        offset: Int64,
        head: [UInt8]?,
        placement: String?
    ) async throws -> Bool {
        try await pool.execute(Self.uploadAcknowledge(id, writer, offset, head, placement)) > 0
    }

    /// The writer has ended; all of the upload is there if `isReceived`.
    public func release(_ id: String, writer: Int64, isReceived: Bool) async throws -> Bool {
        try await pool.execute(Self.uploadRelease(id, writer, isReceived, lifetime)) > 0
    }

    public func setCover(_ key: String, of id: String) async throws -> Bool {
        try await pool.execute(Self.uploadCover(id, key)) > 0
    }

    /// Its bytes were not what they must be; `false` when another writer has taken it over, whose they are now.
    public func refuse(_ id: String, writer: Int64, code: String, reason: String) async throws -> Bool {
        try await pool.execute(Self.uploadRefuse(id, writer, code, reason, Self.afterlife)) > 0
    }

    /// Cancels an upload; one of which all has arrived only if `evenReceived`.
    ///
    /// - Returns: what it is now; `nil` when it cannot be cancelled.
    public func cancel(_ id: String, evenReceived: Bool = true) async throws -> UploadRecord? {
        try await pool.query(Self.uploadCancel(id, evenReceived)).first.map(UploadRecord.init)
    }

    /// The bytes of an upload that came to nothing are removed: from now on it counts with what its client had sent.
    ///
    /// A `final` one, of which its client has never heard, is forgotten.
    public func recordRemoval(of upload: UploadRecord) async throws {
        try await pool.execute(upload.kind == .final ? Self.finalRemove(upload.id) : Self.uploadRemoved(upload.id))
    }
}

extension Uploads {
    static func one(_ rows: [Row]) throws -> UploadRecord {
        guard let row = rows.first else { throw PostgresError(.decoding, message: "an upload was not returned") }
        return try UploadRecord(row)
    }

    /// Held to the end of the transaction: two uploads of one creator are counted, and compared, one after the other.
    static func authorLock(_ author: UserID) -> SQL {
        "SELECT pg_advisory_xact_lock(hashtextextended('clipyard uploads', \(author)))::text"
    }

    private static func uploadInsert(_ upload: NewUpload, _ lifetime: Duration) -> SQL {
        """
        INSERT INTO uploads
            (id, author_id, kind, video_id, length_bytes, metadata, announced_sha256, expires_at)
        VALUES (\(upload.id), \(upload.authorID), \(upload.kind), \(upload.videoID as VideoID?),
                \(upload.lengthBytes as Int64?), \(PostgresJSON(upload.metadata)),
                \(upload.announcedSHA256 as [UInt8]?), clock_timestamp() + \(lifetime))
        RETURNING \(UploadRecord.columns)
        """
    }

    private static func uploadByID(_ id: String) -> SQL {
        "SELECT \(UploadRecord.columns) FROM uploads WHERE id = \(id)"
    }

    private static func uploadClaim(_ id: String, _ isWriting: Bool, _ lifetime: Duration) -> SQL {
        """
        UPDATE uploads
        SET writer = writer + 1, takeovers = takeovers + is_writing::int, is_writing = \(isWriting),
            expires_at = clock_timestamp() + \(lifetime)
        WHERE id = \(id) AND state = 'open'
        RETURNING \(UploadRecord.columns)
        """
    }

    private static func uploadWriter(_ id: String) -> SQL {
        "SELECT writer FROM uploads WHERE id = \(id) AND state IN ('open', 'received')"
    }

    private static func uploadLength(_ id: String, _ writer: Int64, _ length: Int64) -> SQL {
        """
        UPDATE uploads SET length_bytes = \(length)
        WHERE id = \(id) AND writer = \(writer) AND state = 'open' AND length_bytes IS NULL
        """
    }

    private static func uploadAcknowledge(
        _ id: String,
        _ writer: Int64,
        _ offset: Int64,
        _ head: [UInt8]?,
        _ placement: String?
    ) -> SQL {
        """
        UPDATE uploads
        SET offset_bytes = \(offset), head = \(head as [UInt8]?), placement = \(placement as String?)
        WHERE id = \(id) AND writer = \(writer) AND state IN ('open', 'received')
        """
    }

    private static func uploadRelease(_ id: String, _ writer: Int64, _ isReceived: Bool, _ lifetime: Duration) -> SQL {
        """
        UPDATE uploads
        SET is_writing = false, state = CASE WHEN \(isReceived) THEN 'received' ELSE state END,
            changed_at = clock_timestamp(), expires_at = clock_timestamp() + \(lifetime)
        WHERE id = \(id) AND writer = \(writer) AND state IN ('open', 'received')
        """
    }

    private static func uploadCover(_ id: String, _ key: String) -> SQL {
        "UPDATE uploads SET cover_key = \(key) WHERE id = \(id) AND state = 'open'"
    }

    private static func uploadRefuse(
        _ id: String,
        _ writer: Int64,
        _ code: String,
        _ reason: String,
        _ afterlife: Duration
    ) -> SQL {
        """
        UPDATE uploads
        SET state = 'refused', failure_code = \(code), failure_reason = \(reason), writer = writer + 1,
            is_writing = false, head = NULL, changed_at = clock_timestamp(),
            expires_at = clock_timestamp() + \(afterlife)
        WHERE id = \(id) AND writer = \(writer) AND state IN ('open', 'received')
        """
    }

    private static func uploadCancel(_ id: String, _ evenReceived: Bool) -> SQL {
        """
        UPDATE uploads
        SET state = 'cancelled', writer = writer + 1, is_writing = false, head = NULL,
            changed_at = clock_timestamp(), expires_at = clock_timestamp() + \(afterlife)
        WHERE id = \(id)
          AND (state = 'open' OR state = 'received' AND \(evenReceived) OR kind = 'partial' AND state = 'finished')
        RETURNING \(UploadRecord.columns)
        """
    }

    private static func finalRemove(_ id: String) -> SQL {
        "DELETE FROM uploads WHERE id = \(id) AND kind = 'final' AND state IN ('refused', 'cancelled', 'expired')"
    }

    private static func uploadRemoved(_ id: String) -> SQL {
        """
        UPDATE uploads SET removed_at = clock_timestamp()
        WHERE id = \(id) AND state IN ('refused', 'cancelled', 'expired')
        """
    }
}
