import Logging
import Postgres

/// Claiming: one loop per queue.
extension Worker {
    func claimForever(_ name: String) async {
        guard let wakeUp = wakeUp(for: name) else { return }
        while !Task.isCancelled {
            let free = configuration.slots[name, default: 0] - attempts.count(in: name)
            let mayClaim = free > 0 ? await configuration.mayClaim(name) : false
            let claimed = mayClaim ? await claim(free, from: name) : 0
            // With every slot taken only the end of a job helps, which wakes this loop, too.
            if claimed < free || free <= 0 { await wakeUp.wait(for: configuration.poll.jittered) }
        }
    }

    /// Claims jobs, starts them, and returns how many.
    private func claim(_ count: Int, from name: String) async -> Int {
        let claimedAt = ContinuousClock.now
        // Not cancelled with the loop: the database might have claimed jobs that nobody would run.
        let claiming = Task {
            try await queue.claim(
                worker: identity,
                queue: name,
                kinds: kinds(in: name),
                limit: count,
                lease: configuration.lease
            )
        }
        switch await claiming.result {
        case .success(let jobs):
            trouble.end()
            for job in jobs { start(Attempt(job, claimedAt: claimedAt), from: name) }
            return jobs.count
        case .failure(let error):
            logTrouble("cannot claim jobs", error)
            return 0
        }
    }

    private func start(_ attempt: Attempt, from name: String) {
        guard let handler = handler(for: attempt.job) else { return }
        attempts.add(attempt, queue: name)
        Task {
            let watch = Task { await watchLimits(of: attempt) }
            let result = await attempt.run(handler)
            watch.cancel()
            await end(attempt, with: result, handler)
            attempts.remove(attempt)
            // Its owner may run another job now, which may be of another queue.
            wakeEverything()
        }
    }

    /// Stops a handler at its deadline, or when its lease could not be renewed in time.
    ///
    /// By the monotonic clock of this process, which needs no connection to know it.
    private func watchLimits(of attempt: Attempt) async {
        while !Task.isCancelled {
            let leaseEnd = attempt.renewedAt + configuration.ownLeaseLimit
            let now = ContinuousClock.now
            if now >= leaseEnd { return attempt.stop(.leaseLost) }
            if now >= attempt.deadline { return attempt.stop(.deadline) }
            try? await Task.sleep(until: min(leaseEnd, attempt.deadline))
        }
    }

    /// Lets what runs go on for a while, and then cancels it.
    func stopRunningJobs() async {
        await attempts.drain(within: configuration.softStop)
        for attempt in attempts.all { attempt.stop(.workerStops) }
        await attempts.drain(within: configuration.hardStop)
        for attempt in attempts.all {
            log("a job did not stop in time; its lease will run out", attempt.job, level: .error)
        }
    }
}
