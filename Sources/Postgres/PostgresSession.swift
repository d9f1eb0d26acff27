/// Something that statements can be sent to: a pool, or one connection.
///
/// On a pool each statement is a transaction of its own; on the connection that
/// ``PostgresPool/withTransaction(_:)`` hands out it is part of that transaction.
/// Both functions throw a ``PostgresError``, or `CancellationError` once the
/// statement of a cancelled task has been stopped.
public protocol PostgresSession: Sendable {
    /// Runs a statement and returns its rows.
    func query(_ sql: SQL) async throws -> [Row]
    /// Runs a statement and returns how many rows it affected.
    @discardableResult func execute(_ sql: SQL) async throws -> Int
    /// Runs a statement without parameters as the last of the transaction, in one round trip with its COMMIT.
    ///
    /// For rows that everybody updates: their locks are held for no longer than the server itself takes to commit, however
    /// slow, or frozen, the client is. Outside a transaction it runs at once.
    func executeLast(_ sql: SQL) async throws
}

extension PostgresSession {
    public func executeLast(_ sql: SQL) async throws { try await execute(sql) }
}

extension PostgresSession {
    /// Runs a statement and reads each row's columns in order.
    public func query<each T: PostgresDecodable>(_ sql: SQL, as types: (repeat each T).Type) async throws -> [(
        repeat each T
    )] {
        try await query(sql).map { try $0.decode(types) }
    }

    /// Runs a statement and reads the first row, or returns nil if there is none.
    public func first<each T: PostgresDecodable>(_ sql: SQL, as types: (repeat each T).Type) async throws -> (
        repeat each T
    )? {
        try await query(sql).first?.decode(types)
    }

    /// Runs a statement and reads each row's first column.
    public func query<T: PostgresDecodable>(_ sql: SQL, as type: T.Type) async throws -> [T] {
        try await query(sql).map { try $0.decode(type) }
    }

    /// Runs a statement and reads the first column of the first row, or returns nil if there is none.
    public func first<T: PostgresDecodable>(_ sql: SQL, as type: T.Type) async throws -> T? {
        try await query(sql).first?.decode(type)
    }
}
