public import Postgres

/// The number of a job.
public struct JobID: RawRepresentable, Hashable, Sendable, Codable, PostgresCodable {
    public let rawValue: Int64
    public init(rawValue: Int64) { self.rawValue = rawValue }
}

/// The number of a flow: a few jobs that belong together.
public struct FlowID: RawRepresentable, Hashable, Sendable, Codable, PostgresCodable {
    public let rawValue: Int64
    public init(rawValue: Int64) { self.rawValue = rawValue }
}

extension JobID: CustomStringConvertible {
    public var description: String { "\(rawValue)" }
}

extension FlowID: CustomStringConvertible {
    public var description: String { "\(rawValue)" }
}
