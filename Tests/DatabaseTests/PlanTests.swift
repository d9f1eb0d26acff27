import Foundation
import Postgres
import TestSupport
import Testing

/// How the server finds the rows of every statement, as it itself reports while it runs them.
@Suite struct PlanTests {
    /// Reading one of these from end to end takes longer with every user and every video.
    private static let bigTables: Set = [
        "users", "videos", "favorites", "comments", "follows", "messages", "conversations",
    ]
    /// Short however much there is: each holds only what waits for an operator or a worker.
    private static let shortIndexes: Set = [
        "videos_held", "comments_held", "messages_held", "users_with_held_texts", "videos_unfinished",
    ]
    /// The server may plan a prepared statement for its values or once for all.
    private static let planModes = ["force_custom_plan", "force_generic_plan"]
    /// What makes no plan (VACUUM), or none of ours.
    private static let planless: Set = ["CountLog.vacuum"]
    /// Public functions that ask the database nothing, for any row at all, or, as the check of the store does, for all.
    private static let uninteresting: Set = [
        "ChangeChannel.ids", "Changes.forEach", "DatabaseHealth.check", "DatabaseHealth.isTemporary",
        "DatabaseHealth.isUnknownUser", "StorageInventory.items", "StorageInventory.pictures",
        "StorageInventory.openFolders",
    ]

    @Test(.timeLimit(.minutes(15)))
    func everyStatementFindsItsRowsByAnIndex() async throws {
        try await withTestCluster(settings: BusyPlace.Scale.clusterSettings) { cluster in
            let place = try await BusyPlace.make(.large, in: cluster)
            for mode in Self.planModes {
                for call in DatabaseCall.all { try await run(call, place, mode) }
            }
            let plans = try LoggedPlan.read(String(contentsOf: URL(filePath: cluster.logFile), encoding: .utf8))
            #expect(Set(plans.flatMap(problems)) == [])
            // Each connection asks once whether a pooler is between.
            let asked = plans.filter { !$0.statement.contains("pg_backend_pid()") }.map(\.application)
            #expect(Set(DatabaseCall.all.map(\.name)).subtracting(asked) == Self.planless)
            let tables = Set(plans.flatMap(\.nodes).compactMap(\.table))
            #expect(Self.bigTables.isSubset(of: tables))
        }
    }

    @Test(
        .timeLimit(.minutes(10)),
        arguments: [
            ("SELECT count(*) FROM comments WHERE text = 'x'", "test: Seq Scan of comments"),
            ("SELECT id FROM comments WHERE text = 'x' ORDER BY video_id", "test: all of comments_pkey"),
        ]
    )
    func readingAWholeTableIsNoticed(statement: String, problem: String) async throws {
        try await withTestCluster(settings: BusyPlace.Scale.clusterSettings) { cluster in
            let place = try await BusyPlace.make(.small, in: cluster)
            let call = DatabaseCall("test") { _, pool in
                try await pool.withTransaction { transaction in
                    // The planner would sort the few rows that it expects.
                    try await transaction.execute("SET LOCAL enable_sort = off")
                    try await transaction.execute(SQL(verbatim: statement))
                }
            }
            try await run(call, place, Self.planModes[0])
            let plans = try LoggedPlan.read(String(contentsOf: URL(filePath: cluster.logFile), encoding: .utf8))
            #expect(Set(plans.flatMap(problems)) == [problem])
        }
    }

    @Test func everyPublicFunctionIsCalled() throws {
        let folder = URL(filePath: #filePath).appending(path: "../../../Sources/Database").standardizedFileURL
        let names = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "swift" }
            .flatMap { file in
                let type = file.lastPathComponent.prefix { $0 != "." && $0 != "+" }
                return try String(contentsOf: file, encoding: .utf8).matches(of: /public (?:static )?func (\w+)/)
                    .map { "\(type).\($0.1)" }
            }
        #expect(Set(names).subtracting(Self.uninteresting) == Set(DatabaseCall.all.map(\.name)))
    }

    /// Calls it a few times on a connection whose plans are logged under its name.
    private func run(_ call: DatabaseCall, _ place: BusyPlace, _ mode: String) async throws {
        let settings = LoggedPlan.sessionSettings.merging(["plan_cache_mode": mode]) { $1 }
        let pool = place.pool(named: call.name, settings: settings)
        for _ in 0..<2 { try await call.body(place, pool) }
        await pool.close()
    }

    private func problems(_ plan: LoggedPlan) -> [String] {
        plan.nodes.compactMap { node in
            if let table = node.table, node.type == "Seq Scan", Self.bigTables.contains(table) {
                return "\(plan.application): Seq Scan of \(table)"
            }
            guard let index = node.index, !node.hasIndexCondition, !Self.shortIndexes.contains(index),
                Self.bigTables.contains(where: { index.hasPrefix($0) })
            else { return nil }
            return "\(plan.application): all of \(index)"
        }
    }
}
