/// What another session said with `NOTIFY`.
public struct PostgresNotification: Sendable, Equatable {
    public let channel: String
    public let payload: String
}
