import Domain
public import Jobs
public import Postgres

/// What operators do to the flow of a video shows in the video.
extension Videos {
    /// Ends the video of a flow that was cancelled.
    public func failVideo(of flow: FlowID, code: String, reason: String, in transaction: any DatabaseSession)
        async throws
    {
        try await transaction.execute(
            """
            UPDATE videos
            SET state = 'failed', failure_code = \(code), failure_reason = \(reason), updated_at = clock_timestamp()
            WHERE flow_id = \(flow.rawValue) AND state = 'processing'
            """
        )
    }

    /// Takes up the failed video of a flow that is tried again.
    public func reopenVideo(of flow: FlowID, in transaction: any DatabaseSession) async throws {
        try await transaction.execute(
            """
            UPDATE videos
            SET state = 'processing', failure_code = NULL, failure_reason = NULL, updated_at = clock_timestamp()
            WHERE flow_id = \(flow.rawValue) AND state = 'failed'
            """
        )
    }
}
