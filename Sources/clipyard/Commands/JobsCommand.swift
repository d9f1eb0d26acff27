import ArgumentParser
import Database
import Jobs
import Postgres

struct JobsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "jobs",
        abstract: "Look at the jobs and act on them.",
        subcommands: [List.self, Show.self, Retry.self, Cancel.self],
        defaultSubcommand: List.self
    )

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the newest jobs.")

        @Option(help: "Only jobs in this state: \(states).", transform: jobState)
        var state: JobState?

        @Option(help: "How many at most.")
        var limit = 50

        func run() async throws {
            try await withJobQueue { queue in
                for job in try await queue.list(state: state, limit: limit) {
                    print("\(job.id)\t\(job.state.rawValue)\t\(job.kind)\tattempt \(job.attempt) of \(job.maxAttempts)")
                }
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show one job with the errors of its attempts.")

        @Argument(help: "The job's number.")
        var job: Int64

        func run() async throws {
            try await withJobQueue { print(JobReport(try await $0.find(job)).text) }
        }
    }

    struct Retry: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give a discarded or cancelled job, and its video, another chance."
        )

        @Argument(help: "The job's number.")
        var job: Int64

        func run() async throws {
            try await withDatabase { pool in
                let queue = JobQueue(pool: pool)
                let flow = try await queue.find(job).summary.flowID
                try await pool.withTransaction { transaction in
                    guard try await queue.retry(job: JobID(rawValue: job), in: transaction) else {
                        throw UpError("Job \(job) is neither discarded nor cancelled.")
                    }
                    guard try await Videos(pool: pool).reopenVideo(of: flow, in: transaction) else {
                        throw UpError("What the video was made of is no longer kept; its creator must upload it again.")
                    }
                }
            }
            print("Job \(job) will run again.")
        }
    }

    struct Cancel: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Cancel a job, all others of its flow, and the video they make."
        )

        @Argument(help: "The job's number.")
        var job: Int64

        func run() async throws {
            try await withDatabase { pool in
                let queue = JobQueue(pool: pool)
                let flow = try await queue.find(job).summary.flowID
                try await pool.withTransaction { transaction in
                    guard try await queue.cancel(flow: flow, in: transaction) else {
                        throw UpError("The flow of job \(job) is already over.")
                    }
                    try await Videos(pool: pool).failVideo(
                        of: flow,
                        code: "cancelled",
                        reason: "Processing was cancelled by an operator.",
                        in: transaction
                    )
                }
            }
            print("Cancelled; what was running is being stopped.")
        }
    }
}

private let states = JobState.allCases.map(\.rawValue).joined(separator: ", ")

@Sendable private func jobState(_ text: String) throws -> JobState {
    guard let state = JobState(rawValue: text) else {
        throw ValidationError("There is no state “\(text)”; there are \(states).")
    }
    return state
}

extension JobQueue {
    /// Returns a job, or says that there is none.
    fileprivate func find(_ job: Int64) async throws -> JobDetail {
        guard let detail = try await show(JobID(rawValue: job)) else {
            throw UpError("There is no job \(job). `clipyard jobs` lists them.")
        }
        return detail
    }
}

/// Runs `body` with the queue of the configured database.
func withJobQueue(_ body: (JobQueue) async throws -> Void) async throws {
    try await withDatabase { try await body(JobQueue(pool: $0)) }
}
