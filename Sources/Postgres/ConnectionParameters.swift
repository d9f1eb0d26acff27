import CLibPQ
import Foundation

/// The keywords that a connection is opened with.
///
/// No `options` of ours: PgBouncer rejects a start-up packet that has some.
struct ConnectionParameters {
    /// In this order: for libpq a later one wins over an earlier one.
    private let pairs: [(keyword: String, value: String)]

    init(_ configuration: PostgresConfiguration) throws(PostgresError) {
        try Self.check(configuration.conninfo)
        let connectSeconds = max(2, Int((Double(configuration.connectTimeout.milliseconds) / 1000).rounded(.up)))
        pairs =
            [
                // What the conninfo may override. A dead peer is noticed within a minute instead of hours.
                ("keepalives_idle", "30"), ("keepalives_interval", "10"), ("keepalives_count", "3"),
                ("tcp_user_timeout", "30000"), ("connect_timeout", "\(connectSeconds)"),
                ("dbname", configuration.conninfo),
                // What it may not.
                ("fallback_application_name", configuration.applicationName),
                ("client_encoding", "UTF8"),
            ]
    }

    private static func check(_ conninfo: String) throws(PostgresError) {
        var message: UnsafeMutablePointer<CChar>?
        guard let parsed = PQconninfoParse(conninfo, &message) else {
            defer { PQfreemem(message) }
            let reason = message.map { String(cString: $0).trimmed } ?? "out of memory"
            throw PostgresError(.connection, message: "the connection string is malformed: \(reason)")
        }
        PQconninfoFree(parsed)
    }

    /// Calls `body` with two arrays of C strings, each ended by nil.
    func withCStrings(
        _ body: (UnsafePointer<UnsafePointer<CChar>?>, UnsafePointer<UnsafePointer<CChar>?>) -> OpaquePointer?
    ) -> OpaquePointer {
        let keywords = pairs.map { strdup($0.keyword) }
        let values = pairs.map { strdup($0.value) }
        defer { for string in keywords + values { free(string) } }
        let constKeywords = keywords.map { UnsafePointer($0) } + [nil]
        let constValues = values.map { UnsafePointer($0) } + [nil]
        guard let connection = body(constKeywords, constValues) else { fatalError("libpq: out of memory") }
        return connection
    }
}
