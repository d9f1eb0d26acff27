import NIOCore

extension APIContext {
    /// Cancels an operation when its client hangs up: nobody waits for what it would answer.
    func untilHangUp<Value: Sendable>(_ operation: @escaping @Sendable () async throws -> Value) async throws -> Value {
        let task = Task(operation: operation)
        channel.closeFuture.whenComplete { _ in task.cancel() }
        return try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            task.cancel()
        }
    }
}
