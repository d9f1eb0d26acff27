import Foundation
import Postgres
import TestSupport
import Testing

/// What people ask for costs the same among many videos as among few.
///
/// By default twenty times as many; bench/plans.sh asks for a thousand times as many.
@Suite struct ScaleTests {
    /// Indexes are a level or two higher, for each of thirty rows, and what belongs together lies on more pages.
    private static let moreLevels = 2.0
    private static let fewPages = 60.0
    /// Generous, as a test may share its processor; bench/plans.sh prints the times themselves.
    private static let muchLonger = 4.0
    private static let fewMilliseconds = 1.0
    private static let rounds = 200
    private static let repetitions = 5

    @Test(.timeLimit(.minutes(15)))
    func whatPeopleAskForCostsTheSameAmongManyVideosAsAmongFew() async throws {
        try await withTestCluster(settings: BusyPlace.Scale.clusterSettings) { cluster in
            let (few, many) = (
                try await BusyPlace.make(.small, in: cluster), try await BusyPlace.make(.large, in: cluster)
            )
            try await compareTimes(few, many)
            try await comparePages(few, many, cluster)
        }
    }
}

/// Time, as a caller waits for it.
extension ScaleTests {
    private func compareTimes(_ few: BusyPlace, _ many: BusyPlace) async throws {
        for call in DatabaseCall.reads() {
            let (low, high) = try await times(call, few, many)
            let (fast, slow) = (percentile(50, of: low), percentile(50, of: high))
            #expect(
                slow < fast * Self.muchLonger + Self.fewMilliseconds,
                "\(call.name) takes \(slow) instead of \(fast) ms"
            )
            let numbers = [fast, slow, percentile(99, of: low), percentile(99, of: high)]
            print(call.name, numbers.map { String(format: "%.2f", $0) }.joined(separator: " "), "ms")
        }
    }

    /// Milliseconds of calls with arguments by chance, made in turn; each the fastest of a few, so that what else the
    /// machine does is left out.
    private func times(_ call: DatabaseCall, _ few: BusyPlace, _ many: BusyPlace) async throws -> ([Double], [Double]) {
        let pools = [few, many].map { $0.pool(named: call.name, settings: [:]) }
        var times: ([Double], [Double]) = ([], [])
        for round in 0..<Self.rounds {
            var (low, high) = (Double.infinity, Double.infinity)
            for _ in 0..<Self.repetitions {
                low = min(low, try await time(call, few, pools[0], round))
                high = min(high, try await time(call, many, pools[1], round))
            }
            times.0.append(low)
            times.1.append(high)
        }
        for pool in pools { await pool.close() }
        return times
    }

    private func time(_ call: DatabaseCall, _ place: BusyPlace, _ pool: PostgresPool, _ round: Int) async throws
        -> Double
    {
        place.dice.restart(seed: UInt64(round))
        let duration = try await ContinuousClock().measure { try await call.body(place, pool) }
        return duration / .milliseconds(1)
    }
}

/// Pages of tables and indexes that the server looks at, which no other work changes.
extension ScaleTests {
    private func comparePages(_ few: BusyPlace, _ many: BusyPlace, _ cluster: PrivateCluster) async throws {
        for call in DatabaseCall.reads() {
            for place in [few, many] { try await logPages(call, place) }
        }
        let pages = try pagesRead(cluster)
        for name in Set(DatabaseCall.reads().map(\.name)) {
            let low = try #require(pages["\(name) \(few.scale.videos)"])
            let high = try #require(pages["\(name) \(many.scale.videos)"])
            #expect(high <= low * Self.moreLevels + Self.fewPages, "\(name) reads \(high) pages instead of \(low)")
            print(name, Int(low), Int(high), "pages")
        }
    }

    private func logPages(_ call: DatabaseCall, _ place: BusyPlace) async throws {
        // Once for all values is how the server plans what it is asked often.
        let measuring = [
            "auto_explain.log_analyze": "on", "auto_explain.log_buffers": "on", "plan_cache_mode": "force_generic_plan",
        ]
        let settings = LoggedPlan.sessionSettings.merging(measuring) { $1 }
        let pool = place.pool(named: "\(call.name) \(place.scale.videos)", settings: settings)
        for _ in 0..<50 { try await call.body(place, pool) }
        await pool.close()
    }

    /// By the name of a connection, what 99 of 100 statements did not exceed.
    private func pagesRead(_ cluster: PrivateCluster) throws -> [String: Double] {
        let plans = try LoggedPlan.read(String(contentsOf: URL(filePath: cluster.logFile), encoding: .utf8))
        return Dictionary(grouping: plans, by: \.application).mapValues { plans in
            percentile(99, of: plans.compactMap { $0.nodes.first.map { Double($0.pages) } })
        }
    }

    private func percentile(_ percent: Int, of values: [Double]) -> Double {
        values.sorted()[values.count * percent / 100]
    }
}
