public import Logging
import Synchronization

/// A bounded set of connections that are opened when needed and used again.
///
/// A statement sent to the pool itself is a transaction of its own, on whichever
/// connection is free. Callers wait in the order in which they came.
public final class PostgresPool: PostgresSession, Sendable {
    public let configuration: PostgresConfiguration
    /// For short statements, above all reads, of many tasks: they share connections of their own.
    public let shared: PostgresSharedSession
    private let logger: Logger
    let state: Mutex<PoolState>

    /// Opens nothing: the first statement connects.
    public init(_ configuration: PostgresConfiguration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
        shared = PostgresSharedSession(configuration)
        state = Mutex(PoolState(capacity: max(1, configuration.maxConnections)))
    }

    deinit { for connection in state.withLock({ $0.close().idle }) { connection.channel.close() } }

    public func query(_ sql: SQL) async throws -> [Row] {
        try await lease { connection in try await connection.query(sql) }
    }

    @discardableResult
    public func execute(_ sql: SQL) async throws -> Int {
        try await lease { connection in try await connection.execute(sql) }
    }

    /// Runs the closure in a transaction, which is rolled back if it throws.
    ///
    /// A lost connection during COMMIT throws ``PostgresError/Kind/commitUnknown``.
    /// For settings use `SET LOCAL`: the connection is used again by others.
    @discardableResult
    public nonisolated(nonsending) func withTransaction<R>(
        _ body: nonisolated(nonsending) (PostgresConnection) async throws -> R
    ) async throws -> R {
        try await lease { connection in try await connection.transaction(body) }
    }

    /// Runs the closure with a connection outside any transaction.
    ///
    /// Settings, session locks and temporary tables are taken away afterwards.
    @discardableResult
    public nonisolated(nonsending) func withConnection<R>(
        _ body: nonisolated(nonsending) (PostgresConnection) async throws -> R
    ) async throws -> R {
        try await lease(resetting: true) { connection in try await body(connection) }
    }

    /// Closes the shared and the idle connections now and the others when they come back; who waits or comes later gets an error.
    public func close() async {
        shared.close()
        let (waiters, idle) = state.withLock { state in state.close() }
        for waiter in waiters { waiter.resume(throwing: PoolState.closedError) }
        for connection in idle { connection.channel.close() }
    }
}

extension PostgresPool {
    private nonisolated(nonsending) func lease<R>(
        resetting: Bool = false,
        _ body: nonisolated(nonsending) (PostgresConnection) async throws -> R
    ) async throws -> R {
        let connection = try await acquire()
        do {
            let result = try await body(connection)
            await giveBack(connection, resetting: resetting)
            return result
        } catch {
            await giveBack(connection, resetting: resetting)
            throw error
        }
    }

    private func acquire() async throws -> PostgresConnection {
        try Task.checkCancellation()
        switch state.withLock({ $0.take() }) {
        case .connection(let connection): return connection
        case .open: return try await open()
        case .wait: return try await wait()
        case .closed: throw PoolState.closedError
        }
    }

    private func open() async throws -> PostgresConnection {
        do {
            let channel = try await Channel.connect(configuration)
            let connection = PostgresConnection(channel, configuration)
            guard !Task.isCancelled else {
                handOver(connection)
                throw CancellationError()
            }
            return connection
        } catch let error as PostgresError {
            logger.debug("cannot connect to PostgreSQL", metadata: ["error": "\(error)"])
            vacate()
            throw error
        }
    }

    /// Waits in line until a connection, or the place of one, is free.
    private func wait() async throws -> PostgresConnection {
        let id = state.withLock { $0.nextWaiterID() }
        var timer: Task<Void, any Error>?
        defer { timer?.cancel() }
        let permit = try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let answer = state.withLock { $0.enqueue(id, continuation, isCancelled: Task.isCancelled) }
                if let answer { return continuation.resume(with: answer) }
                timer = Task { try await expireWaiter(id) }
            }
        } onCancel: {
            state.withLock { $0.removeWaiter(id) }?.resume(throwing: CancellationError())
        }
        switch permit {
        case .connection(let connection): return connection
        case .open: return try await open()
        }
    }

    private func expireWaiter(_ id: Int) async throws {
        try await Task.sleep(for: configuration.acquireTimeout)
        let message = "no connection became free within \(configuration.acquireTimeout)"
        state.withLock { $0.removeWaiter(id) }?.resume(throwing: PostgresError(.timeout, message: message))
    }

    private func giveBack(_ connection: PostgresConnection, resetting: Bool) async {
        if !connection.channel.status.isOutsideTransaction {
            _ = try? await connection.execute(script: "ROLLBACK", isCancellable: false)
        }
        if resetting { await connection.reset() }
        let status = connection.channel.status
        guard status.isOpen, status.isOutsideTransaction else {
            connection.channel.close()
            return vacate()
        }
        handOver(connection)
    }

    /// To the first who waits, or among the idle ones.
    private func handOver(_ connection: PostgresConnection) {
        switch state.withLock({ $0.put(connection) }) {
        case .waiter(let waiter): waiter.resume(returning: .connection(connection))
        case .kept: break
        case .closed: connection.channel.close()
        }
    }

    /// A connection is gone; the first who waits may open another.
    private func vacate() { state.withLock { $0.vacate() }?.resume(returning: .open) }
}

extension PostgresConnection {
    /// Takes away what a user may have left in the session, but not the prepared statements.
    fileprivate func reset() async {
        let script = """
            CLOSE ALL; SET SESSION AUTHORIZATION DEFAULT; RESET ALL; UNLISTEN *; \
            SELECT pg_advisory_unlock_all(); DISCARD TEMP; DISCARD SEQUENCES; \(channel.status.sessionScript)
            """
        do { try await execute(script: script, isCancellable: false) } catch { channel.close() }
    }
}
