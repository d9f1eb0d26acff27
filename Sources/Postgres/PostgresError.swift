/// An error reported by PostgreSQL, by libpq or by this module.
public struct PostgresError: Error, Sendable {
    /// What failed, in one word.
    public enum Kind: Sendable, Equatable {
        /// The connection could not be opened or was lost.
        case connection
        /// The connection was lost while a COMMIT was under way: the transaction
        /// happened, or it did not.
        case commitUnknown
        /// The server rejected a statement.
        case server(SQLState)
        /// A row did not have the shape that the caller asked for.
        case decoding
        /// A value cannot be sent to PostgreSQL.
        case encoding
        /// No connection became free in time, or a statement took too long.
        case timeout
        /// The pool, or the connection, was closed by its owner.
        case closed
        /// The files of migrations and the database do not fit together.
        case migration
        /// The private server could not be made, started or stopped.
        case cluster
    }

    public let kind: Kind
    /// The message of the server or of libpq, in its own words.
    public let message: String
    /// The code that the server gave, also where ``kind`` says something broader.
    public let sqlState: SQLState?
    /// The statement that failed, without its bound values.
    public let sql: String?
    /// The constraint that was violated.
    public let constraint: String?

    public init(
        _ kind: Kind,
        message: String,
        sqlState: SQLState? = nil,
        sql: String? = nil,
        constraint: String? = nil
    ) {
        self.kind = kind
        self.message = message
        self.sqlState = if case .server(let state) = kind { state } else { sqlState }
        self.sql = sql
        self.constraint = constraint
    }
}

extension PostgresError {
    /// Lets a caller write `catch let error as PostgresError where error.isA(.uniqueViolation)`.
    public func isA(_ state: SQLState) -> Bool { sqlState == state }

    /// Whether the same work can succeed when it is begun anew.
    ///
    /// After `commitUnknown` the caller must first find out whether it happened.
    public var isRetriable: Bool {
        switch kind {
        case .connection, .timeout: true
        case .server(let state):
            // 08: connection, 40: rolled back, 53: out of resources, 57P: the server is shutting down or starting.
            ["08", "40", "53"].contains(state.errorClass) || state.rawValue.hasPrefix("57P")
                || state == .lockNotAvailable || state == .idleInTransaction
        case .commitUnknown, .decoding, .encoding, .closed, .migration, .cluster: false
        }
    }

    /// Whether the database was away, or went away: nothing that was asked of it is at fault.
    public var isOutage: Bool { kind == .connection || sqlState.map { $0.rawValue.hasPrefix("57P") } ?? false }

    /// The same error, naming the statement that was run.
    func running(_ sql: String) -> PostgresError {
        PostgresError(kind, message: message, sqlState: sqlState, sql: sql, constraint: constraint)
    }

    /// The same error, as another kind.
    func withKind(_ kind: Kind) -> PostgresError {
        PostgresError(kind, message: message, sqlState: sqlState, sql: sql, constraint: constraint)
    }
}

extension PostgresError: CustomStringConvertible {
    public var description: String {
        let code = sqlState.map { " \($0.rawValue)" } ?? ""
        return "PostgreSQL\(code): \(message)" + (sql.map { " [\($0)]" } ?? "")
    }
}

extension PostgresError {
    /// The same error in other words.
    func saying(_ message: String) -> PostgresError {
        PostgresError(kind, message: message, sqlState: sqlState, sql: sql, constraint: constraint)
    }
}
