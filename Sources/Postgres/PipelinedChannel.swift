import Synchronization

/// One connection that any number of tasks share.
///
/// Statements are sent as they come, without waiting for the answers to those before
/// them; libpq calls this pipeline mode. A Sync after each ends its transaction, so
/// that one that fails takes no other with it. The connection is opened by the first
/// statement, and by the first one after it was lost.
///
/// `@unchecked Sendable`: everything but ``load`` is touched by the reactor's thread only.
final class PipelinedChannel: ReactorChannel, @unchecked Sendable {
    private let reactor = Reactor.shared
    private let configuration: PostgresConfiguration
    private let requestCount = Atomic(0)

    private var handle: ConnectionHandle?
    private var isConnecting = false
    private var isClosed = false
    private var statements: StatementCache
    /// Not sent yet: there is no connection, or its socket is full.
    private var waiting = Queue<Request>()
    /// Sent, in the order in which the answers come.
    private var inFlight = Queue<Request>()
    /// Answered by what was just read.
    private var answered: [Request] = []

    init(_ configuration: PostgresConfiguration) {
        self.configuration = configuration
        statements = StatementCache(capacity: configuration.statementCacheSize)
    }

    /// How many requests it has.
    var load: Int { requestCount.load(ordering: .relaxed) }

    /// Takes a place for one more request; false if there is none.
    func reserve() -> Bool {
        let (count, _) = requestCount.add(1, ordering: .relaxed)
        guard count >= configuration.sharedQueueCapacity else { return true }
        release(1)
        return false
    }

    private func release(_ count: Int) { requestCount.subtract(count, ordering: .relaxed) }

    /// Closes the connection for good; what waits for it fails.
    func close() {
        reactor.submit {
            self.isClosed = true
            self.disconnect(PoolState.closedError)
            self.failWaiting(PoolState.closedError)
        }
    }
}

/// On the reactor's thread: sending and reading.
extension PipelinedChannel {
    /// The caller has taken a place for the request.
    func enqueue(_ request: Request) {
        guard !isClosed else { return refuse(request, PoolState.closedError) }
        guard !request.isCancelled else { return refuse(request, CancellationError()) }
        request.isQueued = true
        request.startClock()
        waiting.append(request)
        sendWaiting()
    }

    private func refuse(_ request: Request, _ error: any Error) {
        release(1)
        request.fail(error)
    }

    /// What the socket does not take now waits, where it can still be cancelled.
    private func sendWaiting() {
        guard let handle else { return connect() }
        while !handle.isWaitingToWrite, let request = waiting.popFirst() {
            request.steps = statements.steps(for: request.command)
            guard send(request, on: handle) else { return disconnect(handle.lostConnection) }
        }
    }

    private func send(_ request: Request, on handle: ConnectionHandle) -> Bool {
        if case .deallocate(let name) = request.steps.first {
            request.steps.removeFirst()
            guard deallocate(name, on: handle) else {
                inFlight.append(request)
                return false
            }
        }
        inFlight.append(request)
        if let deadline = request.deadline { reactor.check(by: deadline) }
        for step in request.steps {
            statements.willRun(step)
            guard request.send(step, on: handle) else { return false }
        }
        return handle.sendSync() && handle.flush(watchedBy: reactor)
    }

    /// A request that nobody waits for, with a Sync of its own: it must not be part of anybody's transaction.
    private func deallocate(_ name: String, on handle: ConnectionHandle) -> Bool {
        let request = Request(.statement(text: "DEALLOCATE \(name)", values: []), timeout: configuration.answerTimeout)
        request.startClock()
        request.isCancelled = true
        request.steps = [.runUnprepared]
        requestCount.add(1, ordering: .relaxed)
        return send(request, on: handle)
    }

    func socketIsReady() {
        guard let handle else { return }
        let isAlive = handle.consumeInput()
        readResults(handle)
        resumeAnswered()
        guard handle === self.handle else { return }
        guard isAlive, !handle.isBroken, handle.flush(watchedBy: reactor) else {
            return disconnect(handle.lostConnection)
        }
        if !waiting.isEmpty { sendWaiting() }
    }

    /// Reads as long as that does not block; nil in place of a result ends a step, a Sync the request.
    private func readResults(_ handle: ConnectionHandle) {
        while self.handle === handle, let request = inFlight.first, !handle.isBusy {
            guard let result = handle.nextResult() else {
                // A lost connection has no more results either.
                guard !handle.isBroken, !request.steps.isEmpty else { return disconnect(handle.lostConnection) }
                statements.didRun(request.steps.removeFirst(), error: request.error)
                continue
            }
            if result.isSync {
                isDone(request)
            } else {
                request.receive(result)
                if result.isCopy { disconnect(handle.lostConnection) }
            }
        }
    }

    private func isDone(_ request: Request) {
        guard !request.changedSession else { return giveUpSession(request) }
        inFlight.popFirst()
        if request.shouldRunAgain(outsideTransaction: true) {
            request.restart(with: [])
            request.startClock()
            return waiting.prepend(request)
        }
        release(1)
        answered.append(request)
    }

    /// All at once: a task that runs while the others' answers are read would only go to sleep again in between.
    private func resumeAnswered() {
        for request in answered { request.finish() }
        answered.removeAll(keepingCapacity: true)
    }
}

/// On the reactor's thread: the connection's beginning and end.
extension PipelinedChannel {
    private func connect() {
        guard !isConnecting else { return }
        isConnecting = true
        BlockingCalls.detach { [configuration] in
            // The reactor's thread is the only one that uses it from here on.
            nonisolated(unsafe) let opened = Result { () throws(PostgresError) in
                try ConnectionHandle(blockingOn: configuration)
            }
            self.reactor.submit { self.didConnect(opened) }
        }
    }

    private func didConnect(_ opened: Result<ConnectionHandle, PostgresError>) {
        isConnecting = false
        guard !isClosed else { return }
        switch opened {
        case .failure(let error): failWaiting(error)
        case .success(let handle):
            handle.enterPipelineMode()
            self.handle = handle
            statements = StatementCache(capacity: configuration.statementCapacity(isPooled: handle.isPooled))
            reactor.add(self, socket: handle.socket)
            sendWaiting()
        }
    }

    /// What was sent fails, as nobody knows how far it came; what was not is sent on the next connection.
    private func disconnect(_ error: PostgresError) {
        guard let handle else { return }
        reactor.remove(socket: handle.socket)
        self.handle = nil
        let lost = inFlight.removeAll()
        release(lost.count)
        for request in lost { request.close(error) }
        if !waiting.isEmpty, !isClosed { connect() }
    }

    private func failWaiting(_ error: PostgresError) {
        let failed = waiting.removeAll()
        release(failed.count)
        for request in failed { request.close(error) }
    }

    /// Everybody's next statement would be part of a transaction that it knows nothing of.
    private func giveUpSession(_ request: Request) {
        let message = "it changes the session, which is shared: use withTransaction or withConnection"
        request.fail(PostgresError(.server(.featureNotSupported), message: message, sql: request.command.text))
        disconnect(PostgresError(.connection, message: "a statement of another task changed the shared session"))
    }
}

/// On the reactor's thread: cancellation and deadlines.
extension PipelinedChannel {
    /// A statement that was sent runs on: a request to cancel could hit the next one, which is somebody else's.
    func cancel(_ request: Request) {
        request.isCancelled = true
        guard request.isQueued else { return }
        if waiting.removeFirst(where: { $0 === request }) { release(1) }
        request.fail(CancellationError())
    }

    /// All have the same time, so the first that was sent is the first whose time is up.
    var deadline: ContinuousClock.Instant? { inFlight.first?.deadline }

    func expire(_ now: ContinuousClock.Instant) {
        guard let deadline, deadline <= now, let late = inFlight.first else { return }
        late.close(PostgresError(.timeout, message: "the server did not answer"))
        disconnect(PostgresError(.connection, message: "the connection was given up: the server did not answer"))
    }
}
