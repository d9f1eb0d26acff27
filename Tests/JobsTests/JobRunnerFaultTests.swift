import Foundation
import Jobs
import Postgres
import TestSupport
import Testing

/// A worker when things go wrong around it.
@Suite struct JobRunnerFaultTests {
    /// The server commits, the answer is lost: nothing of what was published may be removed.
    @Test func lostAnswerToACommitIsFoundOut() async throws {
        let log = try await runWithProxy(.afterCommit)
        #expect(log == ["run 1", "run 1"])
    }

    @Test func lostCommitIsSentAgain() async throws {
        let log = try await runWithProxy(.beforeCommit)
        #expect(log == ["run 1", "run 1"])
    }

    /// Runs two jobs, cuts the COMMIT that finishes the first, and returns what the handler was asked to do.
    private func runWithProxy(_ fault: CuttingProxy.Fault) async throws -> [String] {
        var log: [String] = []
        try await withQueue { queue, pool in
            try await withTemporaryFolder { folder in
                let server = try await TestServer.shared.cluster()
                let proxy = try CuttingProxy(in: folder, to: server.directory + "/run")
                defer { proxy.close() }
                var configuration = pool.configuration
                configuration.conninfo += " host='\(proxy.socketDirectory)'"
                let workerPool = PostgresPool(configuration, logger: .quiet)
                let handler = TestHandler<Effect> { job in
                    if job.arguments.name == "cut" { proxy.cutAtNextCommit(fault) }
                    return .effect(of: job)
                }
                try await withRunner(workerPool, [handler]) {
                    // The second job is there to show that the worker has come through.
                    for name in ["cut", "next"] {
                        let flow = try await queue.enqueueEffects([name])
                        try await eventually { try await queue.flowState(flow) == "completed" }
                    }
                }
                await workerPool.close()
                log = handler.log
                #expect(proxy.cuts == 1)
            }
            #expect(try await brokenInvariants(pool) == [])
        }
        return log
    }

    @Test func lostLeaseCancelsTheHandlerAndPublishesNothing() async throws {
        try await withQueue { queue, pool in
            let handler = TestHandler<Effect> { job in
                try? await Task.sleep(for: .seconds(3600))
                // It does not mind being cancelled, and says that it is done.
                return .effect(of: job)
            }
            try await withRunner(pool, [handler], .brief) {
                try await queue.enqueueEffects(["job"])
                try await eventually { handler.log == ["run 1"] }
                // Paused, so that this worker does not get it again.
                try await queue.pause(queue: Effect.queue)
                try await pool.execute("SELECT jobs.release(job_id, lease, interval '0') FROM jobs.lease")
                try await eventually { handler.log == ["run 1", "clean up 1"] }
            }
            #expect(try await queue.list().map(\.state) == [.available])
            #expect(try await brokenInvariants(pool) == [])
        }
    }

    @Test func stopGivesBackWhatStillRunsWithoutCountingTheAttempt() async throws {
        try await withQueue { queue, pool in
            let handler = TestHandler<Effect> { job in
                try await Task.sleep(for: .seconds(3600))
                return .effect(of: job)
            }
            try await queue.enqueueEffects(["job"])
            try await withRunner(pool, [handler]) {
                try await eventually { handler.log == ["run 1"] }
            }
            let job = try #require(try await queue.list().first)
            #expect(job.state == .available && job.attempt == 0 && job.failure == nil)
            #expect(handler.log == ["run 1", "cancelled 1", "clean up 1"])
            #expect(try await brokenInvariants(pool) == [])
        }
    }

    @Test func stopLetsWhatIsNearlyDoneFinish() async throws {
        try await withQueue { queue, pool in
            let (allowed, allowing) = AsyncStream.makeStream(of: Void.self)
            let handler = TestHandler<Effect> { job in
                for await _ in allowed { break }
                return .effect(of: job)
            }
            var configuration = JobRunnerConfiguration.slow
            configuration.softStop = .seconds(20)
            let flow = try await queue.enqueueEffects(["job", "not begun"], after: ["not begun": ["job"]])
            try await withRunner(pool, [handler], configuration) {
                try await eventually { handler.log == ["run 1"] }
                try await eventually { try await listeners(pool) == 1 }
                Task {
                    // A worker that stops hears nothing more.
                    try await eventually { try await listeners(pool) == 0 }
                    allowing.yield()
                }
            }
            #expect(try await queue.states(flow) == ["job": .completed, "not begun": .available])
        }
    }

    private func listeners(_ pool: PostgresPool) async throws -> Int? {
        try await pool.first(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN \"jobs_%'",
            as: Int.self
        )
    }

    /// The server is stopped and started again under a running job.
    @Test func shortOutageOfTheDatabaseIsSurvived() async throws {
        try await withOwnServer { cluster, pool, queue in
            let (allowed, allowing) = AsyncStream.makeStream(of: Void.self)
            let handler = TestHandler<Effect> { job in
                if job.arguments.name == "long" { for await _ in allowed { break } }
                return .effect(of: job)
            }
            try await withRunner(pool, [handler], .quick) {
                let flow = try await queue.enqueueEffects(["long"])
                try await eventually { handler.log == ["run 1"] }
                try await cluster.stop()
                allowing.yield()  // it ends while there is no database
                try await cluster.start(settings: TestServer.fastSettings)
                try await eventually { (try? await queue.flowState(flow)) == "completed" }
                let next = try await queue.enqueueEffects(["next"])
                try await eventually { try await queue.flowState(next) == "completed" }
            }
            #expect(handler.log == ["run 1", "run 1"])
            #expect(try await brokenInvariants(pool) == [])
        }
    }

    /// Nobody could take the job over meanwhile, so it stays with its worker, however many of them come back.
    @Test func outageLongerThanTheLeaseCostsNoAttempt() async throws {
        try await withOwnServer { cluster, pool, queue in
            let (allowed, allowing) = AsyncStream.makeStream(of: Void.self)
            let handler = TestHandler<Effect> { job in
                for await _ in allowed { break }
                return .effect(of: job)
            }
            let idle = TestHandler<Effect> { .effect(of: $0) }
            try await withRunner(pool, [handler], .brief) {
                let flow = try await queue.enqueueEffects(["job"])
                try await eventually { handler.log == ["run 1"] }
                try await withRunner(pool, [idle], .brief) {
                    try await cluster.stop()
                    // By the wall clock, as the lease is: it has expired for certain.
                    try await Task.sleep(for: JobRunnerConfiguration.brief.lease * 1.5)
                    try await cluster.start(settings: TestServer.fastSettings)
                    try await eventually {
                        let left = "SELECT expires_at > clock_timestamp() FROM jobs.lease" as SQL
                        return (try? await pool.first(left, as: Bool.self)) == true
                    }
                    allowing.yield()
                    try await eventually { (try? await queue.flowState(flow)) == "completed" }
                }
            }
            #expect(handler.log == ["run 1"] && idle.log == [])
            #expect(try await queue.list().map(\.attempt) == [1])
            #expect(try await brokenInvariants(pool) == [])
        }
    }

    /// A handler that asks the database while it is away has not failed.
    @Test func outageThatAHandlerMeetsCostsNoAttempt() async throws {
        try await withOwnServer { cluster, pool, queue in
            let (allowed, allowing) = AsyncStream.makeStream(of: Void.self)
            let (met, meeting) = AsyncStream.makeStream(of: Void.self)
            let handler = TestHandler<Effect> { job in
                for await _ in allowed { break }
                do { try await pool.execute("SELECT 1") } catch {
                    meeting.yield()
                    throw error
                }
                return .effect(of: job)
            }
            try await withRunner(pool, [handler], .quick) {
                let flow = try await queue.enqueueEffects(["job"])
                try await eventually { handler.log == ["run 1"] }
                try await cluster.stop()
                allowing.yield()
                for await _ in met { break }
                try await cluster.start(settings: TestServer.fastSettings)
                try await eventually { handler.log.filter { $0 == "run 1" }.count == 2 }
                allowing.yield()
                try await eventually { (try? await queue.flowState(flow)) == "completed" }
            }
            #expect(try await queue.list().map(\.attempt) == [1])
        }
    }

    /// Without a database a worker knows by its own clock when to stop.
    @Test func outageLongerThanTheBoundStopsTheHandler() async throws {
        try await withOwnServer { cluster, pool, queue in
            let handler = TestHandler<Effect> { job in
                if job.attempt == 1 { try await Task.sleep(for: .seconds(3600)) }
                return .effect(of: job)
            }
            var configuration = JobRunnerConfiguration.brief
            configuration.outage = .zero
            try await withRunner(pool, [handler], configuration) {
                let flow = try await queue.enqueueEffects(["job"])
                try await eventually { handler.log == ["run 1"] }
                try await cluster.stop()
                try await eventually { handler.log == ["run 1", "cancelled 1", "clean up 1"] }
                try await cluster.start(settings: TestServer.fastSettings)
                try await eventually { (try? await queue.flowState(flow)) == "completed" }
            }
            #expect(try await brokenInvariants(pool) == [])
        }
    }

    private func withOwnServer(_ body: (PrivateCluster, PostgresPool, JobQueue) async throws -> Void) async throws {
        try await withTestCluster { cluster in
            try await cluster.createDatabaseIfMissing("own")
            let pool = PostgresPool(PostgresConfiguration(conninfo: cluster.conninfo(database: "own")), logger: .quiet)
            try await Migrator(directory: TestServer.migrations, logger: .quiet).migrate(pool)
            try await pool.execute("CREATE TABLE effects (job_id bigint NOT NULL, lease bigint NOT NULL)")
            try await body(cluster, pool, JobQueue(pool: pool))
            await pool.close()
        }
    }
}
