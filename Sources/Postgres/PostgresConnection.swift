import Synchronization

/// One connection, which its user has alone.
///
/// ``PostgresPool/withTransaction(_:)`` and ``PostgresPool/withConnection(_:)`` hand
/// it out for as long as their closure runs. Statements of concurrent tasks run one
/// after the other.
public final class PostgresConnection: PostgresSession, Sendable {
    let channel: Channel
    private let configuration: PostgresConfiguration
    /// What the transaction runs right before its COMMIT.
    private let lastStatements = Mutex<[String]>([])

    init(_ channel: Channel, _ configuration: PostgresConfiguration) {
        self.channel = channel
        self.configuration = configuration
    }

    private var timeout: Duration? { configuration.answerTimeout }

    public func query(_ sql: SQL) async throws -> [Row] { try await run(sql).rows }

    @discardableResult
    public func execute(_ sql: SQL) async throws -> Int { try await run(sql).affectedRows }

    /// Inside a savepoint that is rolled back it runs all the same.
    public func executeLast(_ sql: SQL) async throws {
        guard !channel.status.isOutsideTransaction else {
            try await execute(sql)
            return
        }
        guard sql.values.isEmpty else {
            throw PostgresError(.encoding, message: "a last statement has no parameters", sql: sql.text)
        }
        lastStatements.withLock { $0.append(sql.text) }
    }

    /// Runs the closure inside a savepoint; if it throws, what it did is undone and the transaction goes on.
    @discardableResult
    public nonisolated(nonsending) func withSavepoint<R>(
        _ body: nonisolated(nonsending) (PostgresConnection) async throws -> R
    ) async throws -> R {
        // Nested ones may share the name: the newest is meant.
        try await execute(script: "SAVEPOINT nested")
        do {
            let result = try await body(self)
            try await execute(script: "RELEASE SAVEPOINT nested")
            return result
        } catch {
            try await execute(script: "ROLLBACK TO SAVEPOINT nested; RELEASE SAVEPOINT nested", isCancellable: false)
            throw error
        }
    }
}

extension PostgresConnection {
    private func run(_ sql: SQL) async throws -> ResultHandle {
        try await channel.run(try sql.command, timeout: timeout)
    }

    /// Runs statements without parameters, separated by semicolons.
    @discardableResult
    func execute(script: String, isCancellable: Bool = true) async throws -> ResultHandle {
        try await channel.run(.script(script), isCancellable: isCancellable, timeout: timeout)
    }

    /// Runs statements that may take as long as they need.
    func executeUnlimited(script: String) async throws { _ = try await channel.run(.script(script), timeout: nil) }
}

/// Transactions, as the pool runs them.
extension PostgresConnection {
    nonisolated(nonsending) func transaction<R>(
        _ body: nonisolated(nonsending) (PostgresConnection) async throws -> R
    ) async throws -> R {
        lastStatements.withLock { $0.removeAll() }
        try await execute(script: configuration.beginScript(isPooled: channel.status.isPooled))
        let result: R
        do {
            result = try await body(self)
        } catch {
            // If this fails too, the pool finds the connection inside a transaction and closes it.
            _ = try? await execute(script: "ROLLBACK", isCancellable: false)
            throw error
        }
        try await commit()
        return result
    }

    /// A COMMIT is never cancelled: one would not know whether it happened.
    private func commit() async throws {
        do {
            let script = (lastStatements.withLock { exchange(&$0, with: []) } + ["COMMIT"]).joined(separator: "; ")
            let result = try await execute(script: script, isCancellable: false)
            guard result.commandTag == "COMMIT" else {
                // The server answers ROLLBACK, and no error, to the COMMIT of a failed transaction.
                let message = "the transaction was rolled back, as one of its statements had failed"
                throw PostgresError(.server(.inFailedTransaction), message: message, sql: "COMMIT")
            }
        } catch let error as PostgresError where [.connection, .timeout, .closed].contains(error.kind) {
            throw error.withKind(.commitUnknown)
        }
    }
}
