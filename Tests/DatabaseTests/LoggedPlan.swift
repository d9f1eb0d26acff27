import Foundation

/// The plan of a statement, as `auto_explain` writes it into the server's log.
struct LoggedPlan {
    /// The application name of the connection.
    let application: String
    let statement: String
    let nodes: [Node]

    struct Node {
        let type: String
        let table: String?
        let index: String?
        /// Whether the index is entered at a place, not read from its beginning.
        let hasIndexCondition: Bool
        /// Pages that it and those below it looked at; 0 unless the statement was measured.
        let pages: Int
    }

    /// How a server logs so that its log can be read here.
    static let clusterSettings = ["log_line_prefix": "%a|"]
    /// How a session logs all of its plans.
    static let sessionSettings = [
        "session_preload_libraries": "auto_explain", "auto_explain.log_min_duration": "0",
        "auto_explain.log_nested_statements": "on", "auto_explain.log_format": "json",
    ]

    /// The plans in a log, oldest first.
    ///
    /// Each is a line that ends in `plan:` and then JSON, whose lines the server indents by a tab.
    static func read(_ log: String) throws -> [LoggedPlan] {
        var plans: [LoggedPlan] = []
        let lines = log.split(separator: "\n", omittingEmptySubsequences: false)
        for (number, line) in lines.enumerated() where line.hasSuffix(" plan:") {
            let json = lines[(number + 1)...].prefix { $0.hasPrefix("\t") }.joined(separator: "\n")
            let application = String(line.prefix { $0 != "|" })
            plans.append(LoggedPlan(application, try JSONDecoder().decode(Entry.self, from: Data(json.utf8))))
        }
        return plans
    }

    private init(_ application: String, _ entry: Entry) {
        self.application = application
        statement = entry.statement
        nodes = entry.plan.flattened.map(Node.init)
    }
}

extension LoggedPlan {
    private struct Entry: Decodable {
        let statement: String
        let plan: Step

        enum CodingKeys: String, CodingKey {
            case statement = "Query Text"
            case plan = "Plan"
        }
    }

    fileprivate struct Step: Decodable {
        let type: String
        let table: String?
        let index: String?
        let condition: String?
        let hits: Int?
        let reads: Int?
        let steps: [Step]?

        var flattened: [Step] { [self] + (steps ?? []).flatMap(\.flattened) }

        enum CodingKeys: String, CodingKey {
            case type = "Node Type"
            case table = "Relation Name"
            case index = "Index Name"
            case condition = "Index Cond"
            case hits = "Shared Hit Blocks"
            case reads = "Shared Read Blocks"
            case steps = "Plans"
        }
    }
}

extension LoggedPlan.Node {
    fileprivate init(_ step: LoggedPlan.Step) {
        type = step.type
        table = step.table
        index = step.index
        hasIndexCondition = step.condition != nil
        pages = (step.hits ?? 0) + (step.reads ?? 0)
    }
}
