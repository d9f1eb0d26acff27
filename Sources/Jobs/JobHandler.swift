public import Postgres

/// Runs the jobs of one kind.
public protocol JobHandler<Arguments>: Sendable {
    associatedtype Arguments: JobArguments

    /// Does the work of one attempt.
    ///
    /// Its task is cancelled when the job is, when the lease is lost, at the deadline, and when
    /// the worker stops. A thrown error is a retry; a thrown ``JobFailure`` brings its own code.
    func run(_ job: Job<Arguments>) async throws -> JobOutcome

    /// Runs in the transaction in which a job is discarded, also when its worker had died.
    func discarded(_ arguments: Arguments, failure: JobFailure, in transaction: PostgresConnection) async throws

    /// Removes what an attempt has written whose result was certainly not published.
    func cleanUp(after job: Job<Arguments>) async
}

extension JobHandler {
    public func discarded(_ arguments: Arguments, failure: JobFailure, in transaction: PostgresConnection) async throws
    {}
    public func cleanUp(after job: Job<Arguments>) async {}
}

/// A handler whose kind of arguments is known to itself only.
struct AnyJobHandler: Sendable {
    let kind: String
    let queue: String
    let isOptional: Bool
    let run: @Sendable (ClaimedJob, JobProgress) async throws -> JobOutcome
    let discarded: @Sendable (ClaimedJob.Discarded, PostgresConnection) async throws -> Void
    let cleanUp: @Sendable (ClaimedJob) async -> Void

    init<Handler: JobHandler>(_ handler: Handler) {
        typealias Arguments = Handler.Arguments
        kind = Arguments.kind
        queue = Arguments.queue
        isOptional = Arguments.isOptional
        run = { claimed, progress in
            let arguments = try claimed.decodeArguments(as: Arguments.self)
            return try await handler.run(Job(claimed, arguments: arguments, progress: progress))
        }
        discarded = { discarded, transaction in
            // A handler that cannot read the arguments has nothing to do for them.
            guard let arguments = try? discarded.job.decodeArguments(as: Arguments.self) else { return }
            try await handler.discarded(arguments, failure: discarded.failure, in: transaction)
        }
        cleanUp = { claimed in
            guard let arguments = try? claimed.decodeArguments(as: Arguments.self) else { return }
            await handler.cleanUp(after: Job(claimed, arguments: arguments, progress: JobProgress()))
        }
    }
}

extension ClaimedJob {
    /// A job at its end.
    struct Discarded: Sendable {
        let job: ClaimedJob
        let failure: JobFailure
    }
}
