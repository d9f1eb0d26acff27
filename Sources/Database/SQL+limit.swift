import Postgres

extension SQL {
    /// At most so many rows.
    ///
    /// The number is part of the text. Bound as a value it would be unknown to a plan made once for all values, which
    /// would then expect a tenth of the table and read all of it; the server plans such a statement anew each time.
    static func limit(_ count: Int) -> SQL { SQL(verbatim: "LIMIT \(count)") }
}
