public import Postgres

/// The transaction in which a job ends, for handlers to record what that means in.
public typealias JobTransaction = PostgresConnection
