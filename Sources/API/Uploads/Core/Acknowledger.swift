import Database
import ObjectStorage
import Synchronization

/// Tells the database, while an upload goes on, how much of it is safe.
///
/// One acknowledgement is under way at a time, beside the bytes that go on arriving: what the end of the process
/// would cost is what came since.
final class Acknowledger: Sendable {
    static let intervalBytes: Int64 = 8 << 20
    static let interval = Duration.seconds(1)
    /// No more often than this, however fast the bytes come.
    private static let pause = Duration.milliseconds(50)

    private struct State {
        var lastTime = ContinuousClock.now
        /// How many bytes had been written when the last one began.
        var lastPosition: Int64
        var running: Task<Void, Never>?
        var failure: (any Error)?
    }

    private let upload: UploadRecord
    private let uploads: Uploads
    private let writer: any UploadWriter
    private let state: Mutex<State>

    init(_ upload: UploadRecord, _ uploads: Uploads, _ writer: any UploadWriter) {
        (self.upload, self.uploads, self.writer) = (upload, uploads, writer)
        state = Mutex(State(lastPosition: upload.offsetBytes))
    }

    /// To be called whenever bytes were written; waits while the database is far behind.
    ///
    /// - Throws: if an acknowledgement has failed, or came too late.
    func tick(position: Int64, head: UploadHead) async throws {
        let isBehind = try state.withLock { state in
            if let failure = state.failure { throw failure }
            let (elapsed, bytes) = (ContinuousClock.now - state.lastTime, position - state.lastPosition)
            guard state.running == nil else { return bytes >= UploadMark.maxLagBytes }
            let isDue = elapsed >= Self.interval || bytes >= Self.intervalBytes && elapsed >= Self.pause
            guard isDue, bytes > 0 else { return false }
            (state.lastTime, state.lastPosition) = (.now, position)
            state.running = Task { await acknowledge(head) }
            return false
        }
        if isBehind { await stop() }
    }

    /// Waits for the one that is under way.
    func stop() async {
        await state.withLock { $0.running }?.value
    }

    private func acknowledge(_ head: UploadHead) async {
        let result: Result<Void, any Error>
        do {
            result = .success(try await acknowledge(writer.mark(), head))
        } catch {
            result = .failure(error)
        }
        state.withLock { state in
            state.running = nil
            if case .failure(let error) = result { state.failure = error }
        }
    }

    /// Records a mark.
    func acknowledge(_ mark: UploadMark, _ head: UploadHead) async throws {
        let isMine = try await uploads.acknowledge(
            upload.id,
            writer: upload.writer,
            offset: mark.offset,
            head: head.bytes(upTo: mark.offset),
            placement: mark.state
        )
        guard isMine else { throw APIError.uploadTakenOver }
    }
}
