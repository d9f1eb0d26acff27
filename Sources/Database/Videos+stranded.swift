public import Domain
import Jobs
import Postgres

/// Videos whose work has ended without them: none may wait for ever.
extension Videos {
    /// How many one call ends.
    public static let strandedBatch = 100
    /// Since when a video has not changed that is taken for one.
    private static let strandedPatience = Duration.seconds(60)

    /// Says of videos that wait for work which is over that it failed.
    ///
    /// The transaction that ends a flow for good says what becomes of its videos, so there should be none: this is for
    /// what nobody thought of, such as jobs whose arguments no worker understands.
    ///
    /// - Returns: their numbers.
    public func endStranded() async throws -> [VideoID] {
        let found = try await pool.query(Self.videosStranded, as: (VideoID, Int64?).self)
        var ended: [VideoID] = []
        for (media, flow) in found {
            ended += try await pool.withTransaction { transaction in
                // Whoever gives the flow another chance comes first, or sees that the video has failed.
                if let flow, try await Self.isRunning(lockingFlow: flow, in: transaction) { return [] }
                return try await end(media, .stranded, in: transaction)
            }
        }
        return ended
    }

    static func isRunning(lockingFlow flow: Int64, in transaction: any DatabaseSession) async throws -> Bool {
        let lock: SQL = "SELECT state = 'running' FROM jobs.flow WHERE id = \(flow) FOR NO KEY UPDATE"
        return try await transaction.first(lock, as: Bool.self) ?? false
    }

    private static let videosStranded: SQL = """
        SELECT DISTINCT media_id, flow_id
        FROM (SELECT media_id, flow_id FROM videos
              WHERE (state = 'processing' OR (state = 'ready' AND complete_at IS NULL AND failure_code IS NULL))
                AND updated_at < clock_timestamp() - \(strandedPatience)
                AND NOT EXISTS (SELECT FROM jobs.flow WHERE flow.id = videos.flow_id AND flow.state = 'running')
              ORDER BY id \(.limit(strandedBatch))) AS video
        ORDER BY media_id
        """
}

extension VideoStatus.Failure {
    fileprivate static let stranded = Self(
        code: "internal",
        reason: "Processing ended without a result, and it is not your fault. Upload the video again."
    )
}
