import Foundation
import Jobs
import Postgres
import TestSupport
import Testing

/// Who is served next, and how many at a time.
@Suite struct ClaimTests {
    @Test func creatorWithFewestRunningJobsIsServedFirst() async throws {
        try await withQueue { queue, _ in
            try await queue.enqueueEffects((1...5).map { "many \($0)" }, ownerID: 1)
            try await queue.enqueueEffects(["single"], ownerID: 2)
            let order = try await queue.claimEffects(3).map(\.ownerID)
            #expect(order == [1, 2, 1])
        }
    }

    @Test func amongEqualsTheOneServedLongestAgoIsFirst() async throws {
        try await withQueue { queue, _ in
            for owner: Int64 in [3, 1, 2] { try await queue.enqueueEffects(["a", "b"], ownerID: owner) }
            var order: [Int64] = []
            for _ in 0..<6 {
                let job = try #require(try await queue.claimOne())
                order.append(job.ownerID)
                try await queue.completeWithEffect(job)
            }
            #expect(Set(order[0..<3]) == [1, 2, 3])
            #expect(order[0..<3] == order[3..<6])
        }
    }

    @Test func urgentJobsComeFirstButNothingWaitsForEver() async throws {
        try await withQueue { queue, pool in
            try await queue.enqueueEffects(["patient"], ownerID: 1, priority: 3)
            try await queue.enqueueEffects(["urgent"], ownerID: 2, priority: 0)
            #expect(try await queue.claimOne()?.node == "urgent")
            // After half an hour the lowest priority counts as the highest, and its owner has fewer jobs running.
            try await pool.execute(
                "UPDATE jobs.job SET scheduled_at = scheduled_at - interval '31 minutes' WHERE node = 'patient'"
            )
            try await queue.enqueueEffects(["urgent too"], ownerID: 2, priority: 0)
            #expect(try await queue.claimOne()?.node == "patient")
        }
    }

    @Test func capOfACreatorIsExactUnderConcurrentClaims() async throws {
        try await withQueue(maxConnections: 16) { queue, pool in
            try await queue.setLimit(3, ownerID: 1)
            try await queue.enqueueEffects((1...40).map { "\($0)" }, ownerID: 1)
            try await withThrowingTaskGroup { group in
                for number in 1...16 { group.addTask { _ = try await queue.claimEffects(2, worker: "\(number)") } }
                try await group.waitForAll()
            }
            #expect(try await queue.list(state: .running).count == 3)
        }
    }

    /// A whale's running encodes must keep neither its probes nor its erasures waiting.
    @Test func capOfACreatorCountsEachQueueByItself() async throws {
        try await withQueue(maxConnections: 16) { queue, pool in
            try await queue.setLimit(3, ownerID: 1)
            for name in [Effect.queue, Probing.queue, Erasing.queue] {
                let jobs = try (1...20).map { number in
                    switch name {
                    case Effect.queue: try NewJob(Effect(), node: "\(number)")
                    case Probing.queue: try NewJob(Probing(), node: "\(number)")
                    default: try NewJob(Erasing(), node: "\(number)")
                    }
                }
                try await queue.enqueue(NewFlow(kind: name, ownerID: 1, jobs: jobs), in: pool)
            }
            try await withThrowingTaskGroup { group in
                for number in 0..<15 {
                    let (name, kind) = [
                        (Effect.queue, Effect.kind), (Probing.queue, Probing.kind), (Erasing.queue, Erasing.kind),
                    ][number % 3]
                    group.addTask {
                        _ = try await queue.claim(
                            worker: "\(number)",
                            queue: name,
                            kinds: [kind],
                            limit: 4,
                            lease: .seconds(30)
                        )
                    }
                }
                try await group.waitForAll()
            }
            let running = try await pool.query(
                "SELECT queue, count(*) FROM jobs.job WHERE state = 'running' GROUP BY queue",
                as: (String, Int).self
            )
            let counts = Dictionary(uniqueKeysWithValues: running.map { ($0.0, $0.1) })
            #expect(counts == [Effect.queue: 3, Probing.queue: 3, Erasing.queue: 20])
        }
    }

    /// The lock of a foreign key is no reason for a claim to wait, nor for an enqueue.
    @Test func openEnqueueAndOpenClaimDoNotHoldEachOtherUp() async throws {
        try await withQueue { queue, pool in
            try await queue.enqueueEffects(["first", "second"])
            try await pool.withTransaction { enqueuing in
                try await enqueuing.execute("SET LOCAL statement_timeout = '20s'")
                _ = try await queue.enqueue(
                    NewFlow(kind: "open", ownerID: 1, jobs: [NewJob(Effect(name: "third"))]),
                    in: enqueuing
                )
                #expect(try await queue.claimOne() != nil)
                try await pool.withTransaction { claiming in
                    try await claiming.execute("SET LOCAL lock_timeout = '20s'")
                    let claim: SQL = "SELECT id FROM jobs.claim('w', 'effects', '{effect}', 1, interval '30 s')"
                    #expect(try await claiming.query(claim, as: Int64.self).count == 1)
                    _ = try await queue.enqueue(
                        NewFlow(kind: "beside", ownerID: 1, jobs: [NewJob(Effect(name: "fourth"))]),
                        in: pool
                    )
                }
            }
        }
    }

    @Test func limitOfAQueueIsExactUnderConcurrentClaims() async throws {
        try await withQueue(maxConnections: 16) { queue, _ in
            try await queue.setLimit(5, queue: Effect.queue)
            for owner: Int64 in 1...20 { try await queue.enqueueEffects(["a", "b"], ownerID: owner) }
            try await withThrowingTaskGroup { group in
                for number in 1...16 { group.addTask { _ = try await queue.claimEffects(2, worker: "\(number)") } }
                try await group.waitForAll()
            }
            #expect(try await queue.list(state: .running).count == 5)
            try await queue.setLimit(nil, queue: Effect.queue)
            #expect(try await queue.claimEffects(50).count == 35)
        }
    }

    @Test func pausedQueueGivesNothingUntilResumed() async throws {
        try await withQueue { queue, _ in
            try await queue.enqueueEffects(["job"])
            try await queue.pause(queue: Effect.queue)
            #expect(try await queue.claimOne() == nil)
            try await queue.resume(queue: Effect.queue)
            #expect(try await queue.claimOne() != nil)
        }
    }

    @Test func workerIsGivenOnlyKindsThatItKnows() async throws {
        try await withQueue { queue, _ in
            try await queue.enqueueEffects(["job"])
            let jobs = try await queue.claim(
                worker: "w",
                queue: Effect.queue,
                kinds: ["hasty"],
                limit: 5,
                lease: .seconds(5)
            )
            #expect(jobs.isEmpty)
        }
    }

    /// With a backlog of one creator, a claim must not read more than a few rows.
    @Test func claimUsesItsIndex() async throws {
        try await withQueue { queue, pool in
            try await queue.enqueueEffects(["job"])
            try await pool.execute(
                """
                INSERT INTO jobs.job (flow_id, owner_id, deadline, state, blockers, priority, max_attempts, queue, kind, node, arguments)
                SELECT flow_id, owner_id, deadline, state, blockers, priority, max_attempts, queue, kind, 'copy ' || n, arguments
                FROM jobs.job, generate_series(1, 20000) AS n
                """
            )
            try await pool.execute("ANALYZE jobs.job")
            let plan = try await pool.query(
                """
                EXPLAIN SELECT * FROM jobs.job
                WHERE state = 'available' AND queue = 'effects' AND owner_id = 1 AND kind = ANY ('{effect}')
                ORDER BY priority, scheduled_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
                """,
                as: String.self
            ).joined(separator: "\n")
            #expect(plan.contains("job_available") && !plan.contains("Sort") && !plan.contains("Seq Scan"), "\(plan)")
            let buffers = try await buffersOfAClaim(pool)
            #expect(buffers < 400, "a claim touched \(buffers) buffers")
        }
    }

    /// Pages that one claim reads, as the server counts them: the whole table has more than 500.
    private func buffersOfAClaim(_ pool: PostgresPool) async throws -> Int {
        let claim: SQL = "SELECT id FROM jobs.claim('w', 'effects', '{effect}', 1, interval '30 s')"
        // The first call compiles the function, which reads the catalogue.
        return try await pool.withTransaction { transaction in
            try await transaction.execute(claim)
            let lines = try await transaction.query("EXPLAIN (ANALYZE, BUFFERS, TIMING OFF) \(claim)", as: String.self)
            let counted = lines.joined().firstMatch(of: /Buffers: shared hit=(\d+)/)
            return counted.flatMap { Int($0.1) } ?? .max
        }
    }
}
