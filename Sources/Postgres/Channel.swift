import Foundation
import Synchronization

/// One open connection, and the statements that wait for it.
///
/// `@unchecked Sendable`: everything but ``status`` is touched by the reactor's thread only.
final class Channel: ReactorChannel, @unchecked Sendable {
    /// What other threads may know.
    struct Status: Sendable {
        var isPooled = false
        /// Sets the session's timeouts again.
        var sessionScript = ""
        var isOpen = true
        var isOutsideTransaction = true
    }

    private let reactor = Reactor.shared
    private let socket: Int32
    private let currentStatus: Mutex<Status>
    /// Called on the reactor's thread.
    private let onNotification: (@Sendable (PostgresNotification) -> Void)?
    private let onClose: (@Sendable () -> Void)?

    // Nil once closed.
    private var handle: ConnectionHandle?
    private var waiting: [Request] = []
    private var current: Request?
    private var statements: StatementCache
    /// A request to cancel is on its way; what is sent now could be hit by it.
    private var isCancelling = false
    /// When to give up waiting for an answer.
    private(set) var deadline: ContinuousClock.Instant? {
        didSet { if let deadline { reactor.check(by: deadline) } }
    }

    /// How long the server has to answer a cancelled statement before the connection is given up.
    static let cancelGrace: Duration = .seconds(5)

    /// Connects, on a thread that may block.
    static func connect(
        _ configuration: PostgresConfiguration,
        onNotification: (@Sendable (PostgresNotification) -> Void)? = nil,
        onClose: (@Sendable () -> Void)? = nil
    ) async throws -> Channel {
        try await BlockingCalls.run {
            let handle = try ConnectionHandle(blockingOn: configuration)
            let capacity = configuration.statementCapacity(isPooled: handle.isPooled)
            let status = Status(isPooled: handle.isPooled, sessionScript: handle.sessionScript(configuration))
            return Channel(handle, StatementCache(capacity: capacity), status, onNotification, onClose)
        }
    }

    private init(
        _ handle: ConnectionHandle,
        _ statements: StatementCache,
        _ status: Status,
        _ onNotification: (@Sendable (PostgresNotification) -> Void)?,
        _ onClose: (@Sendable () -> Void)?
    ) {
        socket = handle.socket
        self.handle = handle
        self.statements = statements
        currentStatus = Mutex(status)
        self.onNotification = onNotification
        self.onClose = onClose
        reactor.submit { self.reactor.add(self, socket: self.socket) }
    }

    var status: Status { currentStatus.withLock { $0 } }

    /// Closes the connection; what waits for it fails.
    func close() {
        currentStatus.withLock { $0.isOpen = false }
        reactor.submit { self.close(PostgresError(.closed, message: "the connection was closed")) }
    }

    /// Runs one statement and returns its result.
    func run(_ command: Request.Command, isCancellable: Bool = true, timeout: Duration?) async throws -> ResultHandle {
        try await perform(Request(command, timeout: timeout), isCancellable: isCancellable)
    }
}

/// On the reactor's thread: the life of a request.
extension Channel {
    func enqueue(_ request: Request) {
        guard handle != nil else {
            return request.fail(
                PostgresError(.connection, message: "the connection is closed", sql: request.command.text)
            )
        }
        waiting.append(request)
        startNext()
    }

    private func startNext() {
        while current == nil, !isCancelling, !waiting.isEmpty {
            let request = waiting.removeFirst()
            guard !request.isCancelled else {
                request.fail(CancellationError())
                continue
            }
            current = request
            request.steps = statements.steps(for: request.command)
            deadline = request.timeout.map { .now + $0 }
            sendStep()
        }
    }

    private func sendStep() {
        guard let handle, let current, let step = current.steps.first else { return }
        statements.willRun(step)
        guard current.send(step, on: handle), handle.flush(watchedBy: reactor) else {
            return close(handle.lostConnection)
        }
    }

    /// Called by the reactor when there is something to read or room to write.
    func socketIsReady() {
        guard let handle else { return }
        let isAlive = handle.consumeInput()
        let isWritable = isAlive && handle.flush(watchedBy: reactor)
        readResults()
        while let notification = self.handle?.nextNotification() { onNotification?(notification) }
        if !isWritable || handle.isBroken { close(handle.lostConnection) }
    }

    /// Reads as long as that does not block; nil in place of a result ends a step.
    private func readResults() {
        while let request = current, let handle, !handle.isBusy {
            guard let result = handle.nextResult() else {
                stepIsDone(request)
                continue
            }
            request.receive(result)
            if result.isCopy { close(handle.lostConnection) }
        }
    }

    private func stepIsDone(_ request: Request) {
        let step = request.steps.removeFirst()
        statements.didRun(step, error: request.error)
        if request.shouldRunAgain(outsideTransaction: handle?.isOutsideTransaction == true) {
            request.restart(with: statements.steps(for: request.command))
        }
        if request.error == nil, !request.isCancelled, !request.steps.isEmpty { return sendStep() }
        finish(request)
    }

    private func finish(_ request: Request) {
        current = nil
        if !isCancelling { deadline = nil }
        let isOutsideTransaction = handle?.isOutsideTransaction == true
        currentStatus.withLock { $0.isOutsideTransaction = isOutsideTransaction }
        request.finish()
        startNext()
    }
}

/// On the reactor's thread: cancellation, deadlines and the end.
extension Channel {
    func cancel(_ request: Request) {
        request.isCancelled = true
        if let index = waiting.firstIndex(where: { $0 === request }) {
            waiting.remove(at: index)
            request.fail(CancellationError())
        } else if current === request {
            sendCancel()
        }
    }

    private func sendCancel() {
        guard !isCancelling, let cancel = handle?.makeCancel() else { return }
        isCancelling = true
        deadline = .now + Self.cancelGrace
        BlockingCalls.detach {
            cancel.cancel()
            self.reactor.submit { self.cancelWasSent() }
        }
    }

    private func cancelWasSent() {
        isCancelling = false
        if current == nil { deadline = nil }
        startNext()
    }

    /// Called by the reactor after each round.
    func expire(_ now: ContinuousClock.Instant) {
        guard let deadline, deadline <= now else { return }
        guard let current, !current.isCancelled, !current.isTimedOut else {
            return close(PostgresError(.timeout, message: "the server did not answer", sql: current?.command.text))
        }
        current.isTimedOut = true
        self.deadline = now + Self.cancelGrace
        sendCancel()
    }

    private func close(_ error: PostgresError) {
        guard handle != nil else { return }
        currentStatus.withLock { $0.isOpen = false }
        reactor.remove(socket: socket)
        handle = nil
        deadline = nil
        for request in [current].compactMap(\.self) + waiting { request.close(error) }
        current = nil
        waiting = []
        onClose?()
    }
}
