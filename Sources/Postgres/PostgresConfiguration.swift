/// Where a server is, and how its connections are used.
///
/// Behind PgBouncer in transaction mode set `statementCacheSize` to 0 and both
/// timeouts to nil: named statements and start-up options belong to a session.
public struct PostgresConfiguration: Sendable {
    /// What libpq connects to, as keywords (`host=/run/pg dbname=x`) or as a URI.
    public var conninfo: String
    /// How many connections a pool hands out at most.
    public var maxConnections = 10
    /// How many connections serve ``PostgresPool/shared``, beside the others, so that neither waits for the other.
    ///
    /// On two cores two were faster than one, as the server works on two statements at
    /// a time, and a statement that is slow after all holds up only those behind it on
    /// the same connection. More pay with as many cores.
    public var sharedConnections = 2
    /// How many statements wait on each shared connection at most; the next one is an error like that of a full pool.
    public var sharedQueueCapacity = 1024
    /// How long a caller waits for a connection of the pool.
    public var acquireTimeout: Duration = .seconds(5)
    /// How long opening one connection may take; libpq counts in whole seconds and waits at least two.
    public var connectTimeout: Duration = .seconds(5)
    /// How long one statement may run, or nil for the server's own setting.
    public var statementTimeout: Duration? = .seconds(30)
    /// How long a transaction may stay open without a statement.
    ///
    /// Without it a frozen process would keep its row locks for ever.
    public var idleInTransactionTimeout: Duration? = .seconds(30)
    /// How many prepared statements each connection keeps; 0 prepares none by name.
    public var statementCacheSize = 256
    /// What `pg_stat_activity` shows.
    public var applicationName = "clipyard"

    public init(conninfo: String) { self.conninfo = conninfo }

    /// Whether libpq can read the `conninfo`; nothing is connected to.
    public var isWellFormed: Bool { (try? ConnectionParameters(self)) != nil }
}

extension PostgresConfiguration {
    /// What the client waits for an answer.
    ///
    /// Some more than the server's own `statement_timeout`: a server that is gone does not keep to it.
    var answerTimeout: Duration? { statementTimeout.map { $0 + .seconds(5) } }

    /// The settings that every session starts with, so that `RESET ALL` returns to them.
    var sessionOptions: [String] {
        var options: [String] = []
        if let statementTimeout { options.append("-c statement_timeout=\(statementTimeout.milliseconds)") }
        if let idleInTransactionTimeout {
            options.append("-c idle_in_transaction_session_timeout=\(idleInTransactionTimeout.milliseconds)")
        }
        return options
    }
}

extension Duration {
    var milliseconds: Int64 { components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000 }
    var microseconds: Int64 { components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000 }
}

/// Without the password that may be in its address, wherever it is printed.
extension PostgresConfiguration: CustomStringConvertible {
    public var description: String { "PostgresConfiguration(\(applicationName))" }
}
