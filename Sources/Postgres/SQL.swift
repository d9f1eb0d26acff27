/// A statement and the values bound to it.
///
/// Interpolation binds, it never pastes: `"SELECT * FROM users WHERE name = \(name)"`
/// is the text `… name = $1` and one value. Another `SQL` is spliced with its values,
/// `\(identifier:)` quotes a name.
public struct SQL: Sendable {
    /// The text around the parameters; there is one piece more than there are values.
    private var pieces: [String]
    private(set) var values: [PostgresValue] = []
    /// Why a value could not be bound; running the statement throws it.
    private(set) var failure: PostgresError?

    /// A statement without parameters whose text was not written as a literal.
    ///
    /// Nothing in `text` is quoted or checked: never build it from input.
    public init(verbatim text: String) { pieces = [text] }

    /// The text with `$1`, `$2`, … where the values are.
    public var text: String {
        var text = pieces[0]
        for index in values.indices { text += "$\(index + 1)\(pieces[index + 1])" }
        return text
    }

    public mutating func append(_ other: SQL) {
        pieces[pieces.count - 1] += other.pieces[0]
        pieces += other.pieces.dropFirst()
        values += other.values
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

        public init(literalCapacity: Int, interpolationCount: Int) {}

        public mutating func appendLiteral(_ literal: String) { sql.pieces[sql.pieces.count - 1] += literal }

        public mutating func appendInterpolation(_ value: some PostgresEncodable) { sql.bind(value) }

        public mutating func appendInterpolation(_ value: (some PostgresEncodable)?) { sql.bind(value) }

        public mutating func appendInterpolation(_ other: SQL) { sql.append(other) }

        public mutating func appendInterpolation(identifier name: String) { appendLiteral(SQL.quoted(name)) }
    }

    private mutating func bind(_ value: some PostgresEncodable) {
        do {
            values.append(try value.postgresValue)
        } catch {
            values.append(PostgresValue(oid: 0, isBinary: false, bytes: nil))
            failure = failure ?? error as? PostgresError ?? PostgresError(.encoding, message: "\(error)")
        }
        pieces.append("")
    }
}
