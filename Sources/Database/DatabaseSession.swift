public import Postgres

/// A pool, where every statement stands alone, or the connection of a transaction.
public typealias DatabaseSession = PostgresSession

/// The connections that a process shares.
public typealias DatabasePool = PostgresPool
