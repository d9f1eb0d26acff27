/// A five-character PostgreSQL error code.
///
/// Only the codes that some code path here reacts to have a name.
/// See <https://www.postgresql.org/docs/current/errcodes-appendix.html>.
public struct SQLState: RawRepresentable, Hashable, Sendable {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    public static let uniqueViolation = SQLState(rawValue: "23505")
    public static let foreignKeyViolation = SQLState(rawValue: "23503")
    public static let inFailedTransaction = SQLState(rawValue: "25P02")
    /// The server has ended a session that did nothing inside a transaction for too long.
    public static let idleInTransaction = SQLState(rawValue: "25P03")
    public static let lockNotAvailable = SQLState(rawValue: "55P03")
    public static let queryCanceled = SQLState(rawValue: "57014")
    public static let duplicateDatabase = SQLState(rawValue: "42P04")
    public static let undefinedTable = SQLState(rawValue: "42P01")
    /// Also "cached plan must not change result type", after a change of schema.
    public static let featureNotSupported = SQLState(rawValue: "0A000")
    public static let undefinedStatement = SQLState(rawValue: "26000")

    /// The first two characters, which name the family of the error.
    var errorClass: Substring { rawValue.prefix(2) }
}
