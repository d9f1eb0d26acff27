import Foundation
import Jobs
import Postgres
import TestSupport
import Testing

/// Leases: renewed, lost, and taken away.
@Suite struct LeaseTests {
    @Test func heartbeatRenewsAllLeasesOfAWorkerAndCarriesProgress() async throws {
        try await withQueue { queue, _ in
            try await queue.enqueueEffects(["a", "b"])
            let jobs = try await queue.claimEffects(2, lease: .milliseconds(200))
            let before = try await jobs.asyncMap { try await queue.show($0.id)?.leaseExpiresAt }
            let answers = try await queue.heartbeat(jobs.map { ($0.id, $0.lease, 0.25) }, for: .seconds(60))
            #expect(Set(answers.values) == [.renewed] && answers.count == 2)
            for (job, before) in zip(jobs, before) {
                let detail = try #require(try await queue.show(job.id))
                #expect(detail.summary.progress == 0.25)
                #expect(try #require(detail.leaseExpiresAt) > (try #require(before)))
            }
            #expect(try await queue.reapAll() == [])
        }
    }

    @Test func heartbeatTellsWhichLeasesAreLost() async throws {
        try await withQueue { queue, _ in
            try await queue.enqueueEffects(["a", "b"])
            let jobs = try await queue.claimEffects(2)
            try await queue.release(jobs[0].id, lease: jobs[0].lease)
            let again = try #require(try await queue.claimOne())
            #expect(again.id == jobs[0].id)
            let answers = try await queue.heartbeat(jobs.map { ($0.id, $0.lease, 0) }, for: .seconds(60))
            #expect(answers == [jobs[0].id: .lost, jobs[1].id: .renewed])
        }
    }

    /// A job whose finishing transaction takes long must not cost the other jobs their leases.
    @Test func heartbeatDoesNotWaitForAJobThatIsBeingFinished() async throws {
        try await withQueue { queue, pool in
            try await queue.enqueueEffects(["a", "b"])
            let jobs = try await queue.claimEffects(2)
            try await pool.withTransaction { transaction in
                _ = try await queue.complete(jobs[0].id, lease: jobs[0].lease, adding: [], in: transaction)
                let answers = try await queue.heartbeat(jobs.map { ($0.id, $0.lease, 0) }, for: .seconds(60))
                #expect(answers == [jobs[0].id: .busy, jobs[1].id: .renewed])
            }
        }
    }

    @Test func jobOfAWorkerThatSaysNothingIsAvailableAgainAtOnce() async throws {
        try await withQueue { queue, pool in
            try await queue.enqueueEffects(["job"])
            let lost = try #require(try await queue.claimOne(lease: .milliseconds(50)))
            try await eventually { try await queue.reapAll() == [.retryable] }
            #expect(try await queue.state(of: lost.id) == .available)
            #expect(try await queue.claimOne()?.attempt == 2)
            #expect(try await brokenInvariants(pool) == [])
        }
    }

    /// A job that kills its worker each time must not do so for ever.
    @Test func jobThatKillsItsWorkersIsDiscarded() async throws {
        try await withQueue { queue, pool in
            try await queue.enqueue(NewFlow(kind: "test", ownerID: 1, jobs: [NewJob(Hasty())]), in: pool)
            var answers: [FailureAnswer] = []
            for _ in 1...Hasty.maxAttempts {
                _ = try #require(try await queue.claimOne(lease: .milliseconds(20)))
                try await eventually {
                    answers += try await queue.reapAll()
                    return try await queue.list(state: .running).isEmpty
                }
            }
            #expect(answers == [.retryable, .retryable, .discarded])
        }
    }

    @Test func deadlineEndsAnAttemptHoweverAliveItsWorkerIs() async throws {
        try await withQueue { queue, pool in
            try await queue.enqueue(NewFlow(kind: "test", ownerID: 1, jobs: [NewJob(Hasty())]), in: pool)
            let job = try #require(try await queue.claimOne())
            var answer = HeartbeatAnswer.renewed
            try await eventually {
                answer = try await queue.heartbeat([(job.id, job.lease, 0)], for: .seconds(60))[job.id] ?? .lost
                return answer == .lost
            }
            #expect(try await queue.reapAll(retryIn: .seconds(60)) == [.retryable])
            let detail = try #require(try await queue.show(job.id))
            #expect(detail.errors.map(\.code) == ["deadline_exceeded"])
            #expect(detail.summary.state == .retryable)
        }
    }

    @Test func heartbeatThatComesBeforeTheReaperWins() async throws {
        try await withQueue { queue, pool in
            try await queue.enqueueEffects(["job"])
            let job = try #require(try await queue.claimOne(lease: .milliseconds(1)))
            try await eventually { try await !queue.expired(kinds: allKinds).isEmpty }
            let answers = try await queue.heartbeat([(job.id, job.lease, 0)], for: .seconds(60))
            #expect(answers == [job.id: .renewed])
            let answer = try await pool.withTransaction { try await queue.reap(job, retryIn: .zero, in: $0) }
            #expect(answer == nil)
            #expect(try await queue.state(of: job.id) == .running)
        }
    }

    @Test func manyReapersEndALeaseOnce() async throws {
        try await withQueue { queue, pool in
            try await queue.enqueueEffects((1...4).map { "\($0)" })
            _ = try await queue.claimEffects(4, lease: .milliseconds(20))
            var answers: [FailureAnswer] = []
            // Reapers step over a flow that another one has locked; the next round finds what was left.
            try await eventually {
                answers += try await withThrowingTaskGroup(of: [FailureAnswer].self) { group in
                    for _ in 0..<8 { group.addTask { try await queue.reapAll() } }
                    return try await group.reduce(into: []) { $0 += $1 }
                }
                return try await queue.list(state: .running).isEmpty
            }
            #expect(answers == Array(repeating: .retryable, count: 4))
            #expect(
                try await pool.query("SELECT jsonb_array_length(errors) FROM jobs.job", as: Int.self) == [1, 1, 1, 1]
            )
        }
    }
}

extension Sequence {
    fileprivate func asyncMap<T>(_ transform: (Element) async throws -> T) async rethrows -> [T] {
        var result: [T] = []
        for element in self { result.append(try await transform(element)) }
        return result
    }
}
