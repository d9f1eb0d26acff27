/// One row of a result.
public struct Row: Sendable {
    let result: ResultHandle
    let index: Int

    /// Reads the first columns in order, one per type.
    public func decode<each T: PostgresDecodable>(_ types: (repeat each T).Type) throws -> (repeat each T) {
        var column = 0
        func next<Column: PostgresDecodable>(_: Column.Type) throws -> Column {
            defer { column += 1 }
            return try get(column: column)
        }
        return (repeat try next((each T).self))
    }

    /// Reads the column of that name.
    public func get<T: PostgresDecodable>(_ name: String, as type: T.Type = T.self) throws -> T {
        guard let column = result.column(named: name) else {
            throw PostgresError(.decoding, message: "there is no column \(name)")
        }
        return try get(column: column)
    }

    func get<T: PostgresDecodable>(column: Int) throws -> T {
        guard column < result.columnCount else {
            throw PostgresError(.decoding, message: "there are only \(result.columnCount) columns")
        }
        let cell = result.cell(row: index, column: column)
        return result.isNull(row: index, column: column) ? try T.decodeNull(from: cell) : try T(postgresCell: cell)
    }
}
