import Foundation
import Jobs
import Postgres
import TestSupport
import Testing

/// A worker from end to end, on a real database.
@Suite struct JobRunnerTests {
    @Test func runsAFlowToItsEnd() async throws {
        try await withQueue { queue, pool in
            let handler = TestHandler<Effect> { job in
                let more =
                    job.arguments.name == "probe" ? [try NewJob(Effect(name: "transcode"), node: "transcode")] : []
                return .effect(of: job, adding: more)
            }
            try await withRunner(pool, [handler]) {
                let flow = try await queue.enqueueEffects(["probe"])
                try await eventually { try await queue.flowState(flow) == "completed" }
                #expect(try await queue.states(flow) == ["probe": .completed, "transcode": .completed])
            }
            #expect(handler.log == ["run 1", "run 1"])
            #expect(try await brokenInvariants(pool) == [])
        }
    }

    /// The poll would come after an hour.
    @Test func notificationWakesAWorkerAtOnce() async throws {
        try await withQueue { queue, pool in
            let handler = TestHandler<Effect> { .effect(of: $0) }
            try await withRunner(pool, [handler]) {
                for count in 1...20 {
                    try await queue.enqueueEffects(["job"])
                    try await eventually { try await queue.list(state: .completed).count == count }
                }
            }
            let median = try await pool.first(
                "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY attempted_at - scheduled_at) FROM jobs.job",
                as: Duration.self
            )
            #expect(try #require(median) < .milliseconds(500))
        }
    }

    @Test func pollingDoesWithoutNotifications() async throws {
        try await withQueue { queue, pool in
            let nowhere = PostgresConfiguration(conninfo: "host=/nonexistent")
            let handler = TestHandler<Effect> { .effect(of: $0) }
            try await withRunner(pool, [handler], .quick, listener: nowhere) {
                let flow = try await queue.enqueueEffects(["a", "b"], after: ["b": ["a"]])
                try await eventually { try await queue.flowState(flow) == "completed" }
            }
        }
    }

    @Test func failedAttemptIsCleanedUpAndTriedAgain() async throws {
        struct Broken: Error {}
        try await withQueue { queue, pool in
            let handler = TestHandler<Effect> { job in
                if job.attempt < 3 { throw Broken() }
                return .effect(of: job)
            }
            try await withRunner(pool, [handler]) {
                let flow = try await queue.enqueueEffects(["job"])
                try await eventually { try await queue.flowState(flow) == "completed" }
            }
            #expect(handler.log == ["run 1", "clean up 1", "run 2", "clean up 2", "run 3"])
            let id = try #require(try await queue.list().first?.id)
            #expect(try await queue.show(id)?.errors.map(\.code) == ["error", "error"])
        }
    }

    @Test func discardTellsTheHandlerInTheSameTransaction() async throws {
        try await withQueue { queue, pool in
            let handler = TestHandler<Effect> { _ in .discard(JobFailure(code: "bad_file", message: "no video in it")) }
            try await withRunner(pool, [handler]) {
                let flow = try await queue.enqueueEffects(["job"])
                try await eventually { try await queue.flowState(flow) == "discarded" }
                #expect(try await pool.first("SELECT count(*) FROM effects", as: Int.self) == 1)
            }
            #expect(handler.log == ["run 1", "discarded bad_file", "clean up 1"])
        }
    }

    @Test func reaperTellsTheHandlerWhenAJobDies() async throws {
        try await withQueue { queue, pool in
            let handler = TestHandler<Effect> { .effect(of: $0) }
            let flow = try await queue.enqueueEffects(["job"])
            _ = try await queue.claimOne(lease: .milliseconds(10))
            try await pool.execute("UPDATE jobs.job SET max_attempts = 1")
            try await withRunner(pool, [handler], .quick) {
                try await eventually { try await queue.flowState(flow) == "discarded" }
            }
            #expect(handler.log == ["discarded lease_expired"])
            #expect(try await pool.first("SELECT count(*) FROM effects", as: Int.self) == 1)
        }
    }

    @Test func publishThatFailsIsAFailedAttempt() async throws {
        try await withQueue { queue, pool in
            let handler = TestHandler<Effect> { job in
                if job.attempt > 1 { return .effect(of: job) }
                return .completed { try await $0.execute("INSERT INTO effects VALUES (NULL, NULL)") }
            }
            try await withRunner(pool, [handler]) {
                let flow = try await queue.enqueueEffects(["job"])
                try await eventually { try await queue.flowState(flow) == "completed" }
            }
            #expect(handler.log == ["run 1", "clean up 1", "run 2"])
            #expect(try await brokenInvariants(pool) == [])
        }
    }

    @Test func cancelReachesARunningHandlerAtOnce() async throws {
        try await withQueue { queue, pool in
            let handler = TestHandler<Effect> { job in
                try await Task.sleep(for: .seconds(3600))
                return .effect(of: job)
            }
            try await withRunner(pool, [handler]) {
                let flow = try await queue.enqueueEffects(["job"])
                try await eventually { handler.log == ["run 1"] }
                try await queue.cancel(flow: flow)
                try await eventually { handler.log == ["run 1", "cancelled 1", "clean up 1"] }
                #expect(try await queue.states(flow) == ["job": .cancelled])
            }
            #expect(try await brokenInvariants(pool) == [])
        }
    }

    @Test func deadlineCancelsTheHandler() async throws {
        try await withQueue { queue, pool in
            let handler = TestHandler<Hasty> { job in
                if job.attempt == 1 { try await Task.sleep(for: .seconds(3600)) }
                return .effect(of: job)
            }
            try await withRunner(pool, [handler]) {
                let flow = try await queue.enqueue(NewFlow(kind: "test", ownerID: 1, jobs: [NewJob(Hasty())]), in: pool)
                try await eventually { try await queue.flowState(flow) == "completed" }
            }
            #expect(handler.log == ["run 1", "cancelled 1", "clean up 1", "run 2"])
            let id = try #require(try await queue.list().first?.id)
            #expect(try await queue.show(id)?.errors.map(\.code) == ["deadline_exceeded"])
        }
    }

    @Test func snoozedJobComesBackWithTheSameAttempt() async throws {
        try await withQueue { queue, pool in
            let handler = TestHandler<Effect> { job in
                let times = try await pool.first("SELECT count(*) FROM effects WHERE job_id = 0", as: Int.self)
                if times == 1 { return .effect(of: job) }
                try await pool.execute("INSERT INTO effects VALUES (0, 0)")
                return .snooze(.milliseconds(20))
            }
            try await withRunner(pool, [handler], .quick) {
                let flow = try await queue.enqueueEffects(["job"])
                try await eventually { try await queue.flowState(flow) == "completed" }
            }
            #expect(handler.log == ["run 1", "clean up 1", "run 1"])
        }
    }

    @Test func progressReachesTheDatabase() async throws {
        try await withQueue { queue, pool in
            let handler = TestHandler<Effect> { job in
                job.report(progress: 0.5)
                try await Task.sleep(for: .seconds(3600))
                return .effect(of: job)
            }
            try await withRunner(pool, [handler], .brief) {
                try await queue.enqueueEffects(["job"])
                try await eventually { try await queue.list().first?.progress == 0.5 }
            }
        }
    }
}
