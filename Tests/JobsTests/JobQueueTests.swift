import Foundation
import Jobs
import Postgres
import TestSupport
import Testing

/// What becomes of jobs, statement by statement.
@Suite struct JobQueueTests {
    @Test func flowExistsIfAndOnlyIfItsTransactionIsCommitted() async throws {
        struct Failed: Error {}
        try await withQueue { queue, pool in
            await #expect(throws: Failed.self) {
                try await pool.withTransaction { transaction in
                    let flow = NewFlow(kind: "test", ownerID: 1, jobs: [try NewJob(Effect())])
                    try await queue.enqueue(flow, in: transaction)
                    throw Failed()
                }
            }
            #expect(try await queue.list().isEmpty)
            try await queue.enqueueEffects(["one"])
            #expect(try await queue.list().map(\.state) == [.available])
        }
    }

    @Test func runningFlowWithTheSameKeyIsReturnedInsteadOfASecond() async throws {
        try await withQueue { queue, _ in
            let first = try await queue.enqueueEffects(["job"], dedupKey: "video 1")
            #expect(try await queue.enqueueEffects(["job"], dedupKey: "video 1") == first)
            #expect(try await queue.enqueueEffects(["job"], dedupKey: "video 2") != first)
            try await queue.cancel(flow: first)
            #expect(try await queue.enqueueEffects(["job"], dedupKey: "video 1") != first)
        }
    }

    @Test func concurrentEnqueuesWithOneKeyMakeOneFlow() async throws {
        try await withQueue { queue, pool in
            let flows = try await withThrowingTaskGroup(of: FlowID.self) { group in
                for _ in 0..<16 { group.addTask { try await queue.enqueueEffects(["job"], dedupKey: "same") } }
                return try await group.reduce(into: Set<FlowID>()) { $0.insert($1) }
            }
            #expect(flows.count == 1)
            #expect(try await queue.list().count == 1)
        }
    }

    @Test func jobMayOnlyComeAfterOneBeforeIt() async throws {
        try await withQueue { queue, _ in
            await #expect(throws: PostgresError.self) {
                try await queue.enqueueEffects(["a", "b"], after: ["a": ["b"], "b": ["a"]])
            }
            let jobs = try await queue.list()
            #expect(jobs.isEmpty)
        }
    }

    @Test func jobsBecomeAvailableOnceThoseBeforeThemAreCompleted() async throws {
        try await withQueue { queue, pool in
            let flow = try await queue.enqueueEffects(
                ["probe", "a", "b", "join"],
                after: ["a": ["probe"], "b": ["probe"], "join": ["a", "b"]]
            )
            #expect(
                try await queue.states(flow) == ["probe": .available, "a": .blocked, "b": .blocked, "join": .blocked]
            )
            try await queue.completeWithEffect(try #require(try await queue.claimOne()))
            let pair = try await queue.claimEffects(5)
            #expect(pair.map(\.node) == ["a", "b"])
            for job in pair {
                #expect(try await queue.states(flow)["join"] == .blocked)
                try await queue.completeWithEffect(job)
            }
            try await queue.completeWithEffect(try #require(try await queue.claimOne()))
            #expect(try await queue.flowState(flow) == "completed")
            #expect(try await brokenInvariants(pool) == [])
        }
    }

    @Test func completedJobAddsJobsToItsFlow() async throws {
        try await withQueue { queue, pool in
            let flow = try await queue.enqueueEffects(["probe"])
            let probe = try #require(try await queue.claimOne())
            let more = try [
                NewJob(Effect(), node: "transcode", after: ["probe"]),
                NewJob(Effect(), node: "publish", after: ["transcode"]),
            ]
            #expect(try await queue.completeWithEffect(probe, adding: more) == .completed)
            #expect(
                try await queue.states(flow) == ["probe": .completed, "transcode": .available, "publish": .blocked]
            )
            #expect(try await queue.flowState(flow) == "running")
            #expect(try await brokenInvariants(pool) == [])
        }
    }

    @Test func everyErrorIsKeptAndTheLastAttemptDiscards() async throws {
        try await withQueue { queue, pool in
            let flow = try await queue.enqueue(
                NewFlow(
                    kind: "test",
                    ownerID: 1,
                    jobs: [NewJob(Hasty()), NewJob(Effect(), node: "after", after: ["hasty"])]
                ),
                in: pool
            )
            for attempt in 1...3 {
                let job = try #require(try await queue.claimOne())
                #expect(job.attempt == attempt)
                #expect(
                    try await queue.fail(job, "error \(attempt)", retryIn: .zero)
                        == (attempt < 3 ? .retryable : .discarded)
                )
            }
            let dead = try #require(try await queue.list(state: .discarded).first)
            let detail = try #require(try await queue.show(dead.id))
            #expect(detail.errors.map(\.code) == ["error 1", "error 2", "error 3"])
            #expect(detail.errors.map(\.attempt) == [1, 2, 3])
            #expect(try await queue.states(flow) == ["hasty": .discarded, "after": .cancelled])
            #expect(try await queue.flowState(flow) == "discarded")
            #expect(try await queue.claimOne() == nil)
        }
    }

    @Test func failedJobWaitsForItsTime() async throws {
        try await withQueue { queue, pool in
            try await queue.enqueueEffects(["job"])
            let job = try #require(try await queue.claimOne())
            #expect(try await queue.fail(job, retryIn: .seconds(60)) == .retryable)
            #expect(try await queue.promote() == 0)
            #expect(try await queue.claimOne() == nil)
            try await pool.execute("UPDATE jobs.job SET scheduled_at = clock_timestamp()")
            #expect(try await queue.promote() == 1)
            #expect(try await queue.claimOne()?.attempt == 2)
        }
    }

    @Test func snoozeAndReleaseDoNotCountTheAttempt() async throws {
        try await withQueue { queue, pool in
            try await queue.enqueueEffects(["job"])
            let first = try #require(try await queue.claimOne())
            try await queue.release(first.id, lease: first.lease)
            let second = try #require(try await queue.claimOne())
            #expect(second.attempt == 1 && second.lease > first.lease)
            try await queue.release(second.id, lease: second.lease, delay: .seconds(60))
            #expect(try await queue.state(of: second.id) == .scheduled)
            // The old token is worth nothing, although the attempt has the same number.
            #expect(try await queue.release(first.id, lease: first.lease) == false)
            #expect(try await queue.completeWithEffect(first) == .stale)
            #expect(try await brokenInvariants(pool) == [])
        }
    }

    @Test func cancelEndsWhatWaitsAndTellsWhatRuns() async throws {
        try await withQueue { queue, pool in
            let flow = try await queue.enqueueEffects(["a", "b", "c"], after: ["c": ["a"]])
            let running = try #require(try await queue.claimOne())
            #expect(try await queue.cancel(flow: flow))
            #expect(try await queue.states(flow) == ["a": .running, "b": .cancelled, "c": .cancelled])
            let beat = try await queue.heartbeat([(running.id, running.lease, 0.5)], for: .seconds(30))
            #expect(beat == [running.id: .cancel])
            #expect(try await queue.completeWithEffect(running) == .cancelled)
            #expect(try await queue.states(flow)["a"] == .cancelled)
            #expect(try await queue.cancel(flow: flow) == false)
            #expect(try await brokenInvariants(pool) == [])
        }
    }

    @Test func retryRevivesWhatWasDiscardedAndWhatDependsOnIt() async throws {
        try await withQueue { queue, pool in
            let flow = try await queue.enqueueEffects(
                ["done", "dies", "next"],
                after: ["dies": ["done"], "next": ["dies"]]
            )
            try await queue.completeWithEffect(try #require(try await queue.claimOne()))
            let job = try #require(try await queue.claimOne())
            try await queue.fail(job, retryIn: nil)
            #expect(try await queue.states(flow) == ["done": .completed, "dies": .discarded, "next": .cancelled])
            #expect(try await queue.retry(job: job.id))
            #expect(try await queue.states(flow) == ["done": .completed, "dies": .available, "next": .blocked])
            #expect(try await queue.retry(job: job.id) == false)
            for _ in 0..<2 { try await queue.completeWithEffect(try #require(try await queue.claimOne())) }
            #expect(try await queue.flowState(flow) == "completed")
            #expect(try await brokenInvariants(pool) == [])
        }
    }

    @Test func secondFinishSaysWhatBecameOfTheFirst() async throws {
        try await withQueue { queue, pool in
            try await queue.enqueueEffects(["job"])
            let job = try #require(try await queue.claimOne())
            #expect(try await queue.completeWithEffect(job) == .completed)
            #expect(try await queue.completeWithEffect(job) == .repeated)
            #expect(try await brokenInvariants(pool) == [])
            try await pool.execute("DELETE FROM jobs.flow")
            #expect(try await queue.completeWithEffect(job) == .gone)
        }
    }

    @Test func endedFlowsAreRemovedAfterAWhile() async throws {
        try await withQueue { queue, pool in
            for _ in 0..<3 {
                try await queue.enqueueEffects(["job"])
                try await queue.completeWithEffect(try #require(try await queue.claimOne()))
            }
            let running = try await queue.enqueueEffects(["job"])
            #expect(try await queue.prune(olderThan: .seconds(3600)) == 0)
            try await pool.execute(
                "UPDATE jobs.flow SET finished_at = finished_at - interval '2 hours' WHERE finished_at IS NOT NULL"
            )
            #expect(try await queue.prune(olderThan: .seconds(3600), limit: 2) == 2)
            #expect(try await queue.prune(olderThan: .seconds(3600), limit: 2) == 1)
            #expect(try await queue.list().map(\.flowID) == [running])
        }
    }

    @Test func pickUpIsMeasuredOnTheRow() async throws {
        try await withQueue { queue, pool in
            try await queue.enqueueEffects(["job"])
            let job = try #require(try await queue.claimOne())
            let summary = try #require(try await queue.show(job.id)?.summary)
            let wait = try #require(summary.attemptedAt).timeIntervalSince(summary.scheduledAt)
            #expect(wait > 0 && wait < 10)
            #expect(try await queue.counts().map(\.state) == [.running])
        }
    }
}
