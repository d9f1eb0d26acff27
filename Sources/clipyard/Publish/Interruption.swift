import ArgumentParser
import Foundation
import UnixSignals

/// Lets Ctrl-C and `kill` end work by cancelling it.
enum Interruption {
    /// Does the work, or says what to do when it was interrupted.
    ///
    /// - Throws: `ExitCode` 130 or 143 after a signal, as shells expect it.
    static func cancelling<Value: Sendable>(
        _ work: @escaping @Sendable () async throws -> Value,
        advice: String
    ) async throws -> Value {
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        return try await withThrowingTaskGroup(of: Value.self) { group in
            group.addTask { try await work() }
            group.addTask {
                for await signal in signals { throw Interrupted(signal: signal) }
                throw CancellationError()
            }
            defer { group.cancelAll() }
            do {
                guard let value = try await group.next() else { throw CancellationError() }
                return value
            } catch let interrupted as Interrupted {
                group.cancelAll()
                // What the work says when it is cancelled comes first.
                _ = await group.nextResult()
                FileHandle.standardError.write(Data("\(advice)\n".utf8))
                throw ExitCode(128 + interrupted.signal.rawValue)
            }
        }
    }

    private struct Interrupted: Error { let signal: UnixSignal }
}
