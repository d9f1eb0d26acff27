/// Reads a row column by column, for rows that are made of several values.
public struct RowReader {
    private let row: Row
    private var column = 0

    public init(_ row: Row) { self.row = row }

    /// Reads the next column.
    public mutating func next<T: PostgresDecodable>(as type: T.Type = T.self) throws -> T {
        defer { column += 1 }
        return try row.get(column: column)
    }
}
