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
