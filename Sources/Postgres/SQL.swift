/// A statement and the values bound to it.
///
/// Interpolation binds, it never pastes: `"SELECT * FROM users WHERE name = \(name)"`
/// is the text `… name = $1` and one value. Another `SQL` is spliced with its values,
/// `\(identifier:)` quotes a name.
public struct SQL: Sendable {
    /// The text with `$1`, `$2`, … where the values are.
    public private(set) var text: String
    /// Where each of these begins in the text, counted in bytes.
    private var offsets: [Int] = []
    private(set) var values: [PostgresValue] = []
    /// Why a value could not be bound; running the statement throws it.
    private(set) var failure: PostgresError?

    /// A statement without parameters whose text was not written as a literal.
    ///
    /// Nothing in `text` is quoted or checked: never build it from input.
    public init(verbatim text: String) { self.text = text }

    public mutating func append(_ other: SQL) {
        var start = other.text.utf8.startIndex
        for (index, value) in other.values.enumerated() {
            // Its own number is left out, as it may be another one here.
            let end = other.text.utf8.index(other.text.utf8.startIndex, offsetBy: other.offsets[index])
            text += other.text[start..<end]
            start = other.text.utf8.index(end, offsetBy: Self.placeholder(index + 1).utf8.count)
            appendPlaceholder(for: value)
        }
        text += other.text[start...]
        failure = failure ?? other.failure
    }

    public static func + (left: SQL, right: SQL) -> SQL {
        var sum = left
        sum.append(right)
        return sum
    }

    /// A name in double quotes.
    static func quoted(_ identifier: String) -> String { "\"" + identifier.replacing("\"", with: "\"\"") + "\"" }

    public static func += (left: inout SQL, right: SQL) { left.append(right) }
}

extension SQL: ExpressibleByStringInterpolation {
    public init(stringLiteral text: String) { self.init(verbatim: text) }
    public init(stringInterpolation: StringInterpolation) { self = stringInterpolation.sql }

    public struct StringInterpolation: StringInterpolationProtocol, Sendable {
        fileprivate var sql = SQL(verbatim: "")

        public init(literalCapacity: Int, interpolationCount: Int) {
            sql.text.reserveCapacity(literalCapacity + 3 * interpolationCount)
        }

        public mutating func appendLiteral(_ literal: String) { sql.text += literal }

        public mutating func appendInterpolation(_ value: some PostgresEncodable) { sql.bind(value) }

        public mutating func appendInterpolation(_ value: (some PostgresEncodable)?) { sql.bind(value) }

        public mutating func appendInterpolation(_ other: SQL) { sql.append(other) }

        public mutating func appendInterpolation(identifier name: String) { appendLiteral(SQL.quoted(name)) }
    }

    private mutating func bind(_ value: some PostgresEncodable) {
        do {
            appendPlaceholder(for: try value.postgresValue)
        } catch {
            appendPlaceholder(for: PostgresValue(oid: 0, isBinary: false, bytes: nil))
            failure = failure ?? error as? PostgresError ?? PostgresError(.encoding, message: "\(error)")
        }
    }

    private mutating func appendPlaceholder(for value: PostgresValue) {
        offsets.append(text.utf8.count)
        values.append(value)
        text += Self.placeholder(values.count)
    }

    private static func placeholder(_ number: Int) -> String { "$\(number)" }
}

extension SQL {
    /// What is sent, unless a value could not be bound.
    var command: Request.Command {
        get throws(PostgresError) {
            if let failure { throw failure.running(text) }
            guard values.count <= 65_535 else {
                throw PostgresError(
                    .encoding,
                    message: "a statement has 65535 values at most; pass an array",
                    sql: text
                )
            }
            return .statement(text: text, values: values)
        }
    }
}
