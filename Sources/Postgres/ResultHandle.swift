import CLibPQ

/// Owns one `PGresult`.
///
/// `@unchecked Sendable`: a result is not changed once it has been received, and
/// libpq lets any number of threads read one.
final class ResultHandle: @unchecked Sendable {
    private let pointer: OpaquePointer

    init(takingOwnershipOf pointer: OpaquePointer) { self.pointer = pointer }

    deinit { PQclear(pointer) }

    var status: ExecStatusType { PQresultStatus(pointer) }
    /// COPY would go on for ever, unless somebody reads or writes its data.
    var isCopy: Bool {
        switch status {
        case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH: true
        default: false
        }
    }
    /// The answer to ``ConnectionHandle/sendSync()``.
    var isSync: Bool { status == PGRES_PIPELINE_SYNC }
    var rowCount: Int { Int(PQntuples(pointer)) }
    var columnCount: Int { Int(PQnfields(pointer)) }
    var affectedRows: Int { Int(String(cString: PQcmdTuples(pointer))) ?? 0 }
    /// What was done, as in `COMMIT` or `INSERT 0 1`.
    var commandTag: String { String(cString: PQcmdStatus(pointer)) }

    var rows: [Row] { (0..<rowCount).map { Row(result: self, index: $0) } }

    func columnName(_ column: Int) -> String {
        PQfname(pointer, Int32(column)).map { String(cString: $0) } ?? "\(column)"
    }

    /// PQfnumber would fold the name to lower case.
    func column(named name: String) -> Int? { (0..<columnCount).first { columnName($0) == name } }

    func isNull(row: Int, column: Int) -> Bool { PQgetisnull(pointer, Int32(row), Int32(column)) != 0 }

    func cell(row: Int, column: Int) -> PostgresCell {
        let (r, c) = (Int32(row), Int32(column))
        let bytes = UnsafeRawBufferPointer(start: PQgetvalue(pointer, r, c), count: Int(PQgetlength(pointer, r, c)))
        return PostgresCell(result: self, column: column, oid: PQftype(pointer, c), bytes: bytes)
    }
}

extension ResultHandle {
    /// The error that this result holds, or nil if it holds rows.
    func error(running sql: String) -> PostgresError? {
        switch status {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY: return nil
        case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
            return PostgresError(.connection, message: "COPY cannot be run as a statement", sql: sql)
        default: break
        }
        guard let state = field(clibpq_diag_sqlstate()).map(SQLState.init(rawValue:)) else {
            // Without a code the error is libpq's own: the connection is gone.
            let message = String(cString: PQresultErrorMessage(pointer)).trimmed
            return PostgresError(.connection, message: message, sql: sql)
        }
        return PostgresError(
            kind(of: state),
            message: message,
            sqlState: state,
            sql: sql,
            constraint: field(clibpq_diag_constraint())
        )
    }

    /// Where in the statement the error is, counted in characters from 1.
    var errorPosition: Int? { field(clibpq_diag_position()).flatMap(Int.init) }

    private func kind(of state: SQLState) -> PostgresError.Kind {
        // After FATAL the server closes the connection, whatever the reason.
        let severity = field(clibpq_diag_severity())
        return severity == "FATAL" || severity == "PANIC" ? .connection : .server(state)
    }

    private var message: String {
        let primary = field(clibpq_diag_message()) ?? String(cString: PQresultErrorMessage(pointer)).trimmed
        // The details of bad data (22) and violated constraints (23) quote values, which must not reach a log.
        let errorClass = field(clibpq_diag_sqlstate())?.prefix(2) ?? ""
        guard !["22", "23"].contains(errorClass), let detail = field(clibpq_diag_detail()) else { return primary }
        return "\(primary) (\(detail))"
    }

    private func field(_ code: Int32) -> String? { PQresultErrorField(pointer, code).map { String(cString: $0) } }
}

extension String {
    /// Messages of libpq end with a line break, and span several lines when several hosts were tried.
    var trimmed: String { split(whereSeparator: \.isNewline).joined(separator: "; ") }
}
