import Foundation
import Media
import MediaTasks
import Synchronization

/// A child's side of the lines between it and its worker.
final class TaskChannel: Sendable {
    private struct State {
        var progress = TaskProgress(fraction: 0)
        var hasReported = false
    }

    private let state = Mutex(State())

    /// Remembers how far the work is; progress never goes back.
    func note(_ progress: ProcessingProgress) {
        state.withLock { state in
            guard progress.fraction >= state.progress.fraction else { return }
            state.progress = TaskProgress(
                fraction: progress.fraction,
                framesPerSecond: progress.framesPerSecond
            )
        }
    }

    /// Sends the layers of the sandbox, before anything else.
    func send(_ confinement: TaskConfinement) throws { try Self.write(.confined(confinement)) }

    /// Sends the latest progress several times a second, from a thread of its own, whatever the work is doing.
    func sendProgressUntilReport() {
        Thread.detachNewThread { [self] in
            while sendProgress() { Thread.sleep(forTimeInterval: 0.25) }
        }
    }

    /// Sends the one report; nothing is sent after it.
    func send(_ report: TaskReport) throws {
        try state.withLock { state in
            state.hasReported = true
            try Self.write(.report(report))
        }
    }

    /// Ends the process when standard input closes: the worker died, and nobody wants the result.
    func exitWhenWorkerIsGone() {
        Thread.detachNewThread { [self] in
            while readLine() != nil {}
            // The lock waits for a report that is being written.
            state.withLock { state in
                // Not `exit`, which would run destructors under threads that still work.
                if !state.hasReported { _exit(75) }
            }
        }
    }

    private func sendProgress() -> Bool {
        state.withLock { state in
            guard !state.hasReported else { return false }
            // A worker that no longer reads is noticed by standard input closing.
            try? Self.write(.progress(state.progress))
            return true
        }
    }

    private static func write(_ message: TaskMessage) throws {
        try FileHandle.standardOutput.write(contentsOf: TaskLine.encode(message))
    }
}
