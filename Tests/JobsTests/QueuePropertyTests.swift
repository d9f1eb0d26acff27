import Foundation
import Jobs
import Postgres
import Synchronization
import TestSupport
import Testing

/// Many workers at once on one queue, each doing by chance what workers do.
@Suite struct QueuePropertyTests {
    private static let cap = 2
    private static let owners: ClosedRange<Int64> = 1...5

    @Test(arguments: [Random.seed(), Random.seed()])
    func invariantsHoldWhateverWorkersDo(seed: UInt64) async throws {
        try await withQueue(maxConnections: 14) { queue, pool in
            for owner in Self.owners { try await queue.setLimit(Self.cap, ownerID: owner) }
            try await enqueueFlows(30, queue)
            let worst = try await withThrowingTaskGroup(of: Int?.self) { group in
                for number in 1...8 {
                    group.addTask {
                        try await work(queue, as: "worker \(number)", Dice(seed: seed &+ UInt64(number)))
                    }
                }
                group.addTask { try await lookAfter(queue) }
                group.addTask { try await sampleCap(queue) }
                var worst = 0
                for try await sample in group { worst = max(worst, sample ?? 0) }
                return worst
            }
            #expect(worst > 0 && worst <= Self.cap)
            #expect(try await brokenInvariants(pool) == [])
            let states = try await pool.query(
                "SELECT state, count(*) FROM jobs.job GROUP BY state",
                as: (JobState, Int).self
            )
            // Chance has tried every way a job can end.
            #expect(Set(states.map(\.0)) == [.completed, .cancelled, .discarded])
        }
    }

    private func enqueueFlows(_ count: Int, _ queue: JobQueue) async throws {
        for number in 0..<count {
            // probe → a, b → join; beside them a job that depends on nothing.
            let after = ["a": ["probe"], "b": ["probe"], "join": ["a", "b"]]
            let owner = Self.owners.lowerBound + Int64(number) % 5
            try await queue.enqueueEffects(["probe", "a", "b", "join", "beside"], after: after, ownerID: owner)
        }
    }

    private func isOver(_ queue: JobQueue) async throws -> Bool {
        try await queue.pool.first(
            "SELECT count(*) FROM jobs.flow WHERE state = 'running' OR open_jobs > 0",
            as: Int.self
        ) == 0
    }

    private func work(_ queue: JobQueue, as worker: String, _ dice: Dice) async throws -> Int? {
        while try await !isOver(queue) {
            let jobs = try await queue.claimEffects(dice.roll(1...2), lease: .milliseconds(250), worker: worker)
            if jobs.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
            for job in jobs { try await act(on: job, queue, dice) }
        }
        return nil
    }

    private func act(on job: ClaimedJob, _ queue: JobQueue, _ dice: Dice) async throws {
        try await Task.sleep(for: .milliseconds(dice.roll(0...8)))
        switch dice.roll(0...99) {
        case 0..<62:
            let extra =
                dice.roll(0...7) == 0 ? [try NewJob(Effect(), node: "extra\(job.lease)", after: [job.node])] : []
            try await queue.completeWithEffect(job, adding: extra)
        case 62..<72: try await queue.fail(job, retryIn: .milliseconds(dice.roll(0...20)))
        case 72..<78: try await queue.fail(job, retryIn: nil)
        case 78..<83: try await queue.release(job.id, lease: job.lease)
        case 83..<87: try await queue.release(job.id, lease: job.lease, delay: .milliseconds(10))
        case 87..<90: try await queue.cancel(flow: job.flowID)
        case 90..<94:
            // A worker that was frozen: it comes back when its lease has been given to another.
            try await Task.sleep(for: .milliseconds(350))
            try await queue.completeWithEffect(job)
        default: break  // a worker that died
        }
    }

    private func lookAfter(_ queue: JobQueue) async throws -> Int? {
        while try await !isOver(queue) {
            try await queue.promote()
            try await queue.reapAll()
            try await Task.sleep(for: .milliseconds(20))
        }
        return nil
    }

    /// The most jobs that any owner was ever seen to run at the same time.
    private func sampleCap(_ queue: JobQueue) async throws -> Int {
        var worst = 0
        while try await !isOver(queue) {
            let counts = try await queue.pool.query(
                "SELECT count(*) FROM jobs.job WHERE state = 'running' GROUP BY owner_id",
                as: Int.self
            )
            worst = max(worst, counts.max() ?? 0)
            try await Task.sleep(for: .milliseconds(2))
        }
        return worst
    }
}
