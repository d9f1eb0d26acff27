/// Whether the statements of a connection are prepared by name.
public enum PreparedStatements: String, CaseIterable, Sendable {
    /// Where the connection leads to the server itself.
    case auto
    /// Also behind a pooler, which must know them: PgBouncer from 1.21 on, with `max_prepared_statements`.
    case yes
    case no

    /// Nil is `auto`.
    public var isForced: Bool? {
        switch self {
        case .auto: nil
        case .yes: true
        case .no: false
        }
    }
}
