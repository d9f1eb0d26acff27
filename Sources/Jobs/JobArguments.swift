/// What a job needs to know, stored as JSON with the job.
///
/// Arguments are small and hold ids, not data: the job looks the rest up when it runs.
public protocol JobArguments: Codable, Sendable {
    /// The name that finds the handler.
    ///
    /// It is stored in the database, so it stays the same when the type is renamed.
    static var kind: String { get }
    /// Workers have a number of slots per queue.
    static var queue: String { get }
    /// How often the job is tried before it is discarded.
    static var maxAttempts: Int { get }
    /// How long one attempt may take, however alive its worker is.
    static var deadline: Duration { get }
    /// Whether its flow goes on without it once it is discarded.
    static var isOptional: Bool { get }
}

extension JobArguments {
    public static var maxAttempts: Int { 5 }
    public static var isOptional: Bool { false }
}
