public import Domain
public import Postgres

/// What the pieces of a long video were encoded to, until it is assembled.
public struct VideoParts: Sendable {
    /// The name of the piece that holds the sound; chunks are called by their number.
    public static let sound = "sound"

    private let pool: PostgresPool

    public init(_ pool: PostgresPool) { self.pool = pool }

    /// Notes where a piece is, in the transaction that completes its job: an attempt that comes late notes nothing.
    public func record(
        _ part: String,
        of video: VideoID,
        prefix: String,
        in transaction: any DatabaseSession
    ) async throws {
        try await transaction.execute(
            """
            INSERT INTO video_parts (video_id, part, prefix) VALUES (\(video), \(part), \(prefix))
            ON CONFLICT (video_id, part) DO UPDATE SET prefix = excluded.prefix
            """
        )
    }

    /// The folders of a video's pieces in the object store, by their names.
    public func list(of video: VideoID) async throws -> [String: String] {
        let rows = try await pool.query(
            "SELECT part, prefix FROM video_parts WHERE video_id = \(video)",
            as: (String, String).self
        )
        return Dictionary(rows) { first, _ in first }
    }

    /// Forgets the pieces of a video that is assembled.
    public func remove(of video: VideoID, in transaction: any DatabaseSession) async throws {
        try await transaction.execute("DELETE FROM video_parts WHERE video_id = \(video)")
    }
}
