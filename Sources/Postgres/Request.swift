import CLibPQ
import Foundation

/// One statement on its way to the server and back.
///
/// `@unchecked Sendable`: set up by the task that waits for it, then touched by the reactor's thread only.
final class Request: @unchecked Sendable {
    enum Command: Sendable {
        case statement(text: String, values: [PostgresValue])
        /// Several statements without parameters, in the simple protocol.
        case script(String)

        var text: String {
            switch self {
            case .statement(let text, _), .script(let text): text
            }
        }
    }

    /// What is sent, one after the other, each after the answer to the one before.
    enum Step {
        case deallocate(name: String)
        case prepare(name: String, StatementCache.Key)
        case runPrepared(name: String)
        case runUnprepared
    }

    let command: Command
    let timeout: Duration?
    var continuation: CheckedContinuation<ResultHandle, any Error>?
    var steps: [Step] = []
    /// Nil until the clock is started, and if there is all the time of the world.
    private(set) var deadline: ContinuousClock.Instant?
    /// It has reached the reactor's thread, to which the continuation belongs from then on.
    var isQueued = false
    var isCancelled = false
    var isTimedOut = false
    private(set) var error: PostgresError?
    private var result: ResultHandle?
    private var wasRestarted = false

    init(_ command: Command, timeout: Duration?) {
        self.command = command
        self.timeout = timeout
    }

    func startClock() { deadline = timeout.map { .now + $0 } }

    func send(_ step: Step, on handle: ConnectionHandle) -> Bool {
        switch (step, command) {
        case (.deallocate(let name), _): handle.send(script: "DEALLOCATE \(name)")
        case (.prepare(let name, let key), _): handle.sendPrepare(name, key.text, types: key.types)
        case (.runPrepared(let name), .statement(_, let values)): handle.sendPrepared(name, values)
        case (.runUnprepared, .statement(let text, let values)): handle.sendUnprepared(text, values)
        case (_, .script(let text)): handle.send(script: text)
        }
    }

    /// Keeps the last result, or the first error.
    func receive(_ received: ResultHandle) {
        result = received
        guard error == nil, var failure = received.error(running: command.text) else { return }
        if case .script(let text) = command, let position = received.errorPosition {
            let line = text.prefix(max(0, position - 1)).count(where: \.isNewline) + 1
            failure = failure.saying("\(failure.message) (line \(line))")
        }
        error = failure
    }

    /// A change of schema invalidates a prepared statement; the server notices before it runs anything.
    func shouldRunAgain(outsideTransaction: Bool) -> Bool {
        guard let error, outsideTransaction, !wasRestarted, case .statement = command else { return false }
        return error.isStaleStatement && !isCancelled
    }

    func restart(with steps: [Step]) {
        wasRestarted = true
        error = nil
        result = nil
        self.steps = steps
    }

    /// Whether the statements of others would not mean what they did.
    var changedSession: Bool {
        guard let result, result.status == PGRES_COMMAND_OK else { return false }
        return ["BEGIN", "START TRANSACTION", "SET", "RESET"].contains(result.commandTag)
    }

    /// Answers the waiting task with what was received.
    func finish() {
        if let error { return fail(reported(error)) }
        guard steps.isEmpty, let result else { return fail(CancellationError()) }
        continuation?.resume(returning: result)
        continuation = nil
    }

    /// Answers the waiting task when the connection was closed.
    func close(_ error: PostgresError) {
        fail(isCancelled ? CancellationError() : (self.error ?? error).running(command.text))
    }

    func fail(_ error: any Error) {
        continuation?.resume(throwing: error)
        continuation = nil
    }

    private func reported(_ error: PostgresError) -> any Error {
        guard error.isA(.queryCanceled) else { return error }
        // Cancelled by our task, by our deadline, or by the server's statement_timeout.
        return isCancelled ? CancellationError() : error.withKind(.timeout)
    }
}
