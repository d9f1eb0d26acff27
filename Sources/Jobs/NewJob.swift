import Foundation

/// A job that does not exist yet.
public struct NewJob: Sendable {
    public let node: String
    public let kind: String
    let payload: Payload

    /// - Parameters:
    ///   - arguments: what the job is told.
    ///   - node: its name, which is unique within the flow; the kind, unless there are several of it.
    ///   - after: the nodes that must be completed first. They come before this one in the list of
    ///     new jobs, or are in the flow already.
    ///   - priority: 0, the most urgent, to 3.
    ///   - delay: how long it waits before it may run.
    /// - Throws: what encoding the arguments throws.
    public init<Arguments: JobArguments>(
        _ arguments: Arguments,
        node: String? = nil,
        after: [String] = [],
        priority: Int = 2,
        delay: Duration = .zero
    ) throws {
        self.node = node ?? Arguments.kind
        kind = Arguments.kind
        payload = Payload(
            node: self.node,
            kind: kind,
            queue: Arguments.queue,
            arguments: try JSONText(encoding: arguments),
            after: Array(Set(after)),
            priority: priority,
            max_attempts: Arguments.maxAttempts,
            deadline_ms: Arguments.deadline.milliseconds,
            delay_ms: delay.milliseconds
        )
    }

    /// As `jobs._insert_jobs` reads it.
    struct Payload: Encodable {
        let node: String
        let kind: String
        let queue: String
        let arguments: JSONText
        let after: [String]
        let priority: Int
        let max_attempts: Int
        let deadline_ms: Int64
        let delay_ms: Int64
    }
}

/// Jobs that belong together, to be enqueued in one transaction.
public struct NewFlow: Sendable {
    public let kind: String
    public let ownerID: Int64
    public let dedupKey: String?
    public let jobs: [NewJob]

    /// - Parameters:
    ///   - kind: what the flow is for.
    ///   - ownerID: whose work it is; owners share the workers evenly.
    ///   - dedupKey: while a flow of this kind with this key is running, enqueueing another returns that one.
    ///   - jobs: at least one.
    public init(kind: String, ownerID: Int64, dedupKey: String? = nil, jobs: [NewJob]) {
        precondition(!jobs.isEmpty, "a flow without jobs would never finish")
        self.kind = kind
        self.ownerID = ownerID
        self.dedupKey = dedupKey
        self.jobs = jobs
    }
}

/// A value that has been encoded and is kept as it can be encoded again.
struct JSONText: Encodable, Sendable {
    private let encodeAgain: @Sendable (any Encoder) throws -> Void

    init(encoding value: some Codable & Sendable) throws {
        // Whatever cannot be encoded shows here, and not in the middle of a transaction.
        _ = try JSONEncoder().encode(value)
        encodeAgain = { try value.encode(to: $0) }
    }

    func encode(to encoder: any Encoder) throws { try encodeAgain(encoder) }
}

extension [NewJob] {
    /// All of them as one JSON array.
    var json: String {
        get throws { String(decoding: try JSONEncoder().encode(map(\.payload)), as: UTF8.self) }
    }
}

extension Duration {
    var milliseconds: Int64 { components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000 }
}
