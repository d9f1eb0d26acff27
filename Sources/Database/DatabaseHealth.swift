public import Postgres

/// Whether the database can be worked with.
public struct DatabaseHealth: Sendable {
    private let pool: PostgresPool

    public init(pool: PostgresPool) { self.pool = pool }

    /// Throws unless the database answers and has the tables of this version.
    public func check() async throws {
        try await pool.execute("SELECT FROM videos LIMIT 1")
    }

    /// Whether an error of this module says that the acting user does not exist: what users write refers to them.
    public static func isUnknownUser(_ error: any Error) -> Bool {
        (error as? PostgresError)?.isA(.foreignKeyViolation) ?? false
    }

    /// Whether an error of this module may go away by itself: the database is starting, overloaded or restarting.
    public static func isTemporary(_ error: any Error) -> Bool {
        (error as? PostgresError)?.isRetriable ?? false
    }
}
