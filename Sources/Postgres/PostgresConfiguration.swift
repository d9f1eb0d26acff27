/// Where a server is, and how its connections are used.
///
/// A connection finds out by itself whether a pooler such as PgBouncer is in between. Behind one, statements are
/// prepared only if ``preparedStatements`` says so, and timeouts are set by each transaction for itself: what belongs
/// to a session would go to whoever uses the server's connection next.
public struct PostgresConfiguration: Sendable {
    /// What libpq connects to, as keywords (`host=/run/pg dbname=x`) or as a URI.
    public var conninfo: String
    /// What ``PostgresListener`` connects to, where it is something else: LISTEN needs a connection without a pooler.
    public var listenConninfo: String?
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
    /// Without it a frozen process would keep its row locks for ever. Nothing but statements happens in a transaction of
    /// ours, so that this is far more than a living process needs, and others wait for a frozen one for less than 5 s.
    public var idleInTransactionTimeout: Duration? = .seconds(4)
    /// Whether statements are prepared by name; nil for direct connections only.
    public var preparedStatements: Bool?
    /// How many prepared statements each connection keeps; 0 prepares none by name.
    public var statementCacheSize = 256
    /// What `pg_stat_activity` shows.
    public var applicationName = "clipyard"

    public init(conninfo: String) { self.conninfo = conninfo }

    /// Whether libpq can read the `conninfo`; nothing is connected to.
    public var isWellFormed: Bool { (try? ConnectionParameters(self)) != nil }

    /// Whether libpq can read the `listenConninfo`, if there is one.
    public var isListenWellFormed: Bool {
        var other = self
        other.conninfo = listenConninfo ?? conninfo
        return other.isWellFormed
    }
}

extension PostgresConfiguration {
    /// What the client waits for an answer.
    ///
    /// Some more than the server's own `statement_timeout`: a server that is gone does not keep to it.
    var answerTimeout: Duration? { statementTimeout.map { $0 + .seconds(5) } }

    /// The server's own names for the timeouts that are set.
    private var timeouts: [(name: String, milliseconds: Int64)] {
        [
            ("statement_timeout", statementTimeout), ("idle_in_transaction_session_timeout", idleInTransactionTimeout),
        ].compactMap { name, time in time.map { (name, $0.milliseconds) } }
    }

    /// Sets the timeouts of a session, and has a row only if `process`, which the connection was told, is the one that
    /// answers: a pooler makes numbers of its own up.
    func sessionScript(of process: Int32) -> String {
        let settings = timeouts.map { "set_config('\($0.name)', '\($0.milliseconds)', false)" }
        return "SELECT \((["true"] + settings).joined(separator: ", ")) WHERE pg_backend_pid() = \(process)"
    }

    /// Begins a transaction, and behind a pooler sets its timeouts in the same round trip.
    func beginScript(isPooled: Bool) -> String {
        let settings = isPooled ? timeouts.map { "; SET LOCAL \($0.name) = \($0.milliseconds)" } : []
        return "BEGIN" + settings.joined()
    }

    /// How many statements a connection prepares by name.
    func statementCapacity(isPooled: Bool) -> Int { preparedStatements ?? !isPooled ? statementCacheSize : 0 }
}

extension Duration {
    var milliseconds: Int64 { components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000 }
    var microseconds: Int64 { components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000 }
}

/// Without the password that may be in its address, wherever it is printed.
extension PostgresConfiguration: CustomStringConvertible {
    public var description: String { "PostgresConfiguration(\(applicationName))" }
}
