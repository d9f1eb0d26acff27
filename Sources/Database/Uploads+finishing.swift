public import Domain
import Postgres

/// The right to make a video of a received upload: one process has it at a time, and renews it while it works.
extension Uploads {
    /// Maintenance stops after so many failures, which take more than half a day.
    public static let maxFinishAttempts = 20

    /// Takes a received upload to finish it; `nil` while another process does, or when it has ended.
    ///
    /// `counting` is true for the attempts of maintenance, of which there are only so many.
    public func claimToFinish(_ id: String, counting: Bool) async throws -> UploadRecord? {
        try await pool.query(Self.uploadClaimToFinish(id, counting, finishingLease)).first.map(UploadRecord.init)
    }

    /// - Returns: false if another process has the upload by now.
    public func renewFinishing(_ upload: UploadRecord) async throws -> Bool {
        try await pool.execute(Self.uploadRenewFinishing(upload, finishingLease)) > 0
    }

    /// Lets others finish the upload: clients at once, maintenance after a pause that doubles.
    ///
    /// After ``maxFinishAttempts`` of maintenance it waits for an operator, with the reason, unless this was an outage.
    ///
    /// - Returns: whether it waits for an operator; `nil` if the upload is not this writer's any more.
    @discardableResult
    public func postpone(_ upload: UploadRecord, because reason: String, isOutage: Bool) async throws -> Bool? {
        let statement = Self.uploadPostpone(upload, reason, isOutage, unfinishedLifetime)
        return try await pool.first(statement, as: Bool.self)
    }

    /// Uploads whose bytes are all here, but which nobody is finishing, those that are due longest first; none that waits
    /// for an operator.
    public func leftBehind(for age: Duration, limit: Int = 20) async throws -> [String] {
        try await pool.query(Self.uploadsLeftBehind(age, limit), as: String.self)
    }

    /// All of a form has come: its length and what is said about it are known only now.
    public func receive(_ form: UploadRecord) async throws -> Bool {
        try await pool.execute(Self.uploadReceive(form)) > 0
    }

    private static func uploadClaimToFinish(_ id: String, _ counting: Bool, _ lease: Duration) -> SQL {
        """
        UPDATE uploads
        SET writer = writer + 1, takeovers = takeovers + is_writing::int, is_writing = true,
            finishing_until = clock_timestamp() + \(lease),
            finish_attempts = least(finish_attempts, 1000) + \(counting)::int
        WHERE id = \(id) AND state = 'received' AND coalesce(finishing_until < clock_timestamp(), true)
        RETURNING \(UploadRecord.columns)
        """
    }

    private static func uploadRenewFinishing(_ upload: UploadRecord, _ lease: Duration) -> SQL {
        """
        UPDATE uploads SET finishing_until = clock_timestamp() + \(lease)
        WHERE id = \(upload.id) AND writer = \(upload.writer) AND state = 'received'
        """
    }

    private static func uploadPostpone(
        _ upload: UploadRecord,
        _ reason: String,
        _ isOutage: Bool,
        _ lifetime: Duration
    ) -> SQL {
        let givesUp: SQL = "finish_attempts >= \(maxFinishAttempts) AND NOT \(isOutage) AND stuck_at IS NULL"
        return """
            UPDATE uploads
            SET finishing_until = NULL, is_writing = false, finish_error = \(reason),
                stuck_at = CASE WHEN \(givesUp) THEN clock_timestamp() ELSE stuck_at END,
                expires_at = CASE WHEN \(givesUp) THEN clock_timestamp() + \(lifetime) ELSE expires_at END,
                finish_after = clock_timestamp()
                    + least(3600, 30 * 2 ^ least(finish_attempts, 10)) * interval '1 second'
            WHERE id = \(upload.id) AND writer = \(upload.writer) AND state = 'received'
            RETURNING stuck_at IS NOT NULL
            """
    }

    private static func uploadsLeftBehind(_ age: Duration, _ limit: Int) -> SQL {
        """
        SELECT id FROM uploads
        WHERE state = 'received' AND changed_at < clock_timestamp() - \(age) AND finish_after < clock_timestamp()
          AND coalesce(finishing_until < clock_timestamp(), true) AND stuck_at IS NULL
        ORDER BY finish_after, changed_at LIMIT \(limit)
        """
    }

    private static func uploadReceive(_ form: UploadRecord) -> SQL {
        """
        UPDATE uploads
        SET state = 'received', is_writing = false, length_bytes = \(form.offsetBytes), offset_bytes = \(form.offsetBytes),
            placement = \(form.placement as String?), metadata = \(PostgresJSON(form.metadata)),
            cover_key = \(form.coverKey as String?), head = NULL, changed_at = clock_timestamp()
        WHERE id = \(form.id) AND writer = \(form.writer) AND state = 'open'
        """
    }
}
