import Postgres

/// How lists are asked for, so that a page costs the same whatever it is cut from.
extension SQL {
    /// A column that has one value, of which much or little may be.
    ///
    /// Written as an equality, the planner would expect the average, a few rows, fetch all there are and sort them: of
    /// somebody with a million followers, a million. Ordered by this column first, a list is read from the index
    /// until the page is full.
    ///
    /// The subqueries keep the value from the planner, which would otherwise plan the statement for each value anew.
    static func only(_ value: some PostgresEncodable) -> SQL { "BETWEEN (SELECT \(value)) AND (SELECT \(value))" }

    /// At most so many rows.
    ///
    /// The number is part of the text. Bound as a value it would be unknown to a plan made once for all values, which
    /// would then expect a tenth of the table and read all of it; the server plans such a statement anew each time.
    static func limit(_ count: Int) -> SQL { SQL(verbatim: "LIMIT \(count)") }
}
