public import Domain
public import Jobs
public import Postgres

/// What operators do shows in the video.
extension Videos {
    /// Ends the videos of a flow that was cancelled.
    public func failVideo(of flow: FlowID, code: String, reason: String, in transaction: any DatabaseSession)
        async throws
    {
        try await Self.lockMedia(of: flow, in: transaction)
        let isOfFlow: SQL = "flow_id = \(flow.rawValue)"
        _ = try await transaction.query(Self.videosFail(where: isOfFlow, code: code, reason: reason), as: VideoID.self)
    }

    /// Takes up the failed videos of a flow that is tried again; `false` when its source is no longer kept.
    public func reopenVideo(of flow: FlowID, in transaction: any DatabaseSession) async throws -> Bool {
        try await Self.lockMedia(of: flow, in: transaction)
        let isRetired = try await transaction.query(Self.failedVideosLock(flow), as: Bool.self)
        guard !isRetired.contains(true) else { return false }
        try await transaction.execute(Self.videoReopen(flow))
        return true
    }

    private static func failedVideosLock(_ flow: FlowID) -> SQL {
        """
        SELECT source_retired_at IS NOT NULL FROM videos
        WHERE flow_id = \(flow.rawValue) AND failure_code IS NOT NULL ORDER BY id FOR NO KEY UPDATE
        """
    }

    private static func videoReopen(_ flow: FlowID) -> SQL {
        """
        UPDATE videos
        SET state = CASE state WHEN 'failed' THEN 'processing' ELSE state END, failure_code = NULL,
            failure_reason = NULL, updated_at = clock_timestamp()
        WHERE flow_id = \(flow.rawValue) AND failure_code IS NOT NULL
        """
    }

    /// Takes a video out of everyone's sight but its author's; `false` when there is no such video.
    public func hide(_ id: VideoID) async throws -> Bool {
        try await pool.withTransaction { transaction in
            let update: SQL = """
                UPDATE videos SET visibility = 'hidden', updated_at = clock_timestamp()
                WHERE id = \(id) AND state <> 'removed'
                """
            guard try await transaction.execute(update) > 0 else { return false }
            try await enqueuePurge(id, in: transaction)
            try await ChangeChannel.videos.notify([id.rawValue], in: transaction)
            return true
        }
    }

    /// Shows a hidden video again; `false` when there is no such video.
    public func show(_ id: VideoID) async throws -> Bool {
        try await pool.withTransaction { transaction in
            let lock: SQL = "SELECT true FROM videos WHERE id = \(id) AND state <> 'removed' FOR NO KEY UPDATE"
            guard try await transaction.first(lock, as: Bool.self) != nil else { return false }
            try await Self.show(id, in: transaction)
            return true
        }
    }

    /// Makes a video public whose row the transaction has locked.
    ///
    /// One that was held enters the feed now, as nobody has seen it before.
    static func show(_ id: VideoID, in transaction: any DatabaseSession) async throws {
        let wasReadyAndHeld: SQL = "SELECT state = 'ready' AND visibility = 'held' FROM videos WHERE id = \(id)"
        let isNew = try await transaction.first(wasReadyAndHeld, as: Bool.self) == true
        try await transaction.execute(
            "UPDATE videos SET visibility = 'public', updated_at = clock_timestamp() WHERE id = \(id)"
        )
        if isNew { try await transaction.executeLast(clockTick(id)) }
        try await ChangeChannel.videos.notify([id.rawValue], in: transaction)
    }
}
