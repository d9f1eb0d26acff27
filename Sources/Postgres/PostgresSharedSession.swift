/// A few connections for the short statements of any number of tasks.
///
/// Each statement is a transaction of its own. It is sent at once, on the connection
/// with the fewest statements, and behind others without waiting for their answers:
/// no task waits for a connection to be free, and one write to or read from a socket
/// serves many. The server runs the statements of one connection one after the other,
/// so a statement waits for those before it. What may take long, waits for locks, or
/// needs a transaction belongs on a connection of its own: see ``PostgresPool``.
///
/// - A statement that fails takes no other with it.
/// - A cancelled task returns at once. Its statement runs on if it was sent, and the
///   result is dropped.
/// - When a connection is lost, or the server does not answer in time, every statement
///   that was sent on it fails with an error that is ``PostgresError/isRetriable``, and
///   the next one opens a new connection. As always, one that writes may have happened.
/// - Statements that change the session (`BEGIN`, `SET`) are an error.
public final class PostgresSharedSession: PostgresSession, Sendable {
    private let channels: [PipelinedChannel]
    private let configuration: PostgresConfiguration

    init(_ configuration: PostgresConfiguration) {
        self.configuration = configuration
        channels = (0..<max(1, configuration.sharedConnections)).map { _ in PipelinedChannel(configuration) }
    }

    deinit { close() }

    public func query(_ sql: SQL) async throws -> [Row] { try await run(sql).rows }

    @discardableResult
    public func execute(_ sql: SQL) async throws -> Int { try await run(sql).affectedRows }

    func close() { for channel in channels { channel.close() } }

    private func run(_ sql: SQL) async throws -> ResultHandle {
        let request = Request(try sql.command, timeout: configuration.answerTimeout)
        guard let channel = reserveChannel() else {
            throw PostgresError(.timeout, message: overloadMessage, sql: request.command.text)
        }
        return try await channel.perform(request)
    }

    /// Others take places at the same time: when the least loaded has none left, another may.
    private func reserveChannel() -> PipelinedChannel? {
        if let least = channels.min(by: { $0.load < $1.load }), least.reserve() { return least }
        return channels.first { $0.reserve() }
    }

    private var overloadMessage: String {
        "\(configuration.sharedQueueCapacity) statements wait on each shared connection already; try again later"
    }
}
