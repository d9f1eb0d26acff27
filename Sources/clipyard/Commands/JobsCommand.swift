import ArgumentParser
import Bootstrap
import Foundation
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

        @Option(help: "Only jobs in this state: \(JobState.allCases.map(\.rawValue).joined(separator: ", ")).")
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
            try await withJobQueue { queue in
                guard let detail = try await queue.show(JobID(rawValue: job)) else { throw noSuchJob(job) }
                print(detail)
            }
        }
    }

    struct Retry: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Run a discarded or cancelled job once more.")

        @Argument(help: "The job's number.")
        var job: Int64

        func run() async throws {
            try await withJobQueue { queue in
                guard try await queue.retry(job: JobID(rawValue: job)) else {
                    throw UpError("Job \(job) is not discarded, cancelled or waiting for its next attempt.")
                }
                print("Job \(job) will run again.")
            }
        }
    }

    struct Cancel: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Cancel a job and all others of its flow.")

        @Argument(help: "The job's number.")
        var job: Int64

        func run() async throws {
            try await withJobQueue { queue in
                guard let detail = try await queue.show(JobID(rawValue: job)) else { throw noSuchJob(job) }
                guard try await queue.cancel(flow: detail.flowID) else {
                    throw UpError("The flow of job \(job) is already over.")
                }
                print("Cancelled; what was running is being stopped.")
            }
        }
    }
}

extension JobState: ExpressibleByArgument {}

private func noSuchJob(_ job: Int64) -> UpError { UpError("There is no job \(job). `clipyard jobs` lists them.") }

/// Runs `body` with the queue of the configured database.
func withJobQueue(_ body: (JobQueue) async throws -> Void) async throws {
    let settings = try await Settings(environment: ProcessInfo.processInfo.environment)
    let logger = Log.make("jobs", level: settings.logLevel)
    let pool = try settings.makePool(applicationName: "clipyard jobs", logger: logger)
    do {
        try await body(JobQueue(pool: pool))
    } catch {
        await pool.close()
        throw error
    }
    await pool.close()
}
