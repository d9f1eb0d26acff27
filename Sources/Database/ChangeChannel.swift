import Postgres

/// What is told to the processes that keep something in memory.
public enum ChangeChannel: String, Sendable, CaseIterable {
    /// The ids of videos that appeared, disappeared, or changed in what is shown of them.
    case videos = "videos_changed"
    /// The ids of users of whom something else is shown now.
    case users = "users_changed"
    /// The ids of users who ended a login, or all of them.
    case tokens = "tokens_revoked"

    /// A notification holds less than 8,000 bytes, and an id has up to 19 digits.
    private static let idsPerNotification = 350

    /// Announces ids once the transaction commits.
    func notify(_ ids: [Int64], in session: any DatabaseSession) async throws {
        for start in stride(from: 0, to: ids.count, by: Self.idsPerNotification) {
            let payload = ids[start...].prefix(Self.idsPerNotification).map(String.init).joined(separator: ",")
            try await session.execute("SELECT pg_notify(\(rawValue), \(payload))")
        }
    }

    /// The ids of a notification.
    public static func ids(in payload: String) -> [Int64] { payload.split(separator: ",").compactMap { Int64($0) } }
}
