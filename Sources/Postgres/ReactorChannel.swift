/// One socket at the reactor, and the requests that wait for it.
///
/// Everything but ``perform(_:isCancellable:)`` is called on the reactor's thread.
protocol ReactorChannel: AnyObject, Sendable {
    /// When ``expire(_:)`` has something to do; see ``Reactor/check(by:)``.
    var deadline: ContinuousClock.Instant? { get }
    /// There is something to read, or room to write.
    func socketIsReady()
    func expire(_ now: ContinuousClock.Instant)
    func enqueue(_ request: Request)
    /// The task that made the request no longer wants it.
    func cancel(_ request: Request)
}

extension ReactorChannel {
    /// Hands a request to the reactor's thread and waits for its result.
    func perform(_ request: Request, isCancellable: Bool = true) async throws -> ResultHandle {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                request.continuation = continuation
                Reactor.shared.submit { self.enqueue(request) }
            }
        } onCancel: {
            if isCancellable { Reactor.shared.submit { self.cancel(request) } }
        }
    }
}
