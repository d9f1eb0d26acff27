public import Foundation

/// Where the database and the object store do not agree.
public struct StorageReport: Sendable, Codable, Equatable {
    /// How many objects the store holds.
    public var objects = 0
    /// Their bytes.
    public var bytes: Int64 = 0
    /// Keys that the database names and the store does not have.
    public var missing: [String] = []
    /// What the store has and nothing in the database refers to.
    public var orphaned: [Orphan] = []
    /// Objects that began to arrive in parts and that nobody goes on with: their parts take room, and cost money.
    public var abandoned: [Abandoned] = []
    /// Objects with other bytes than were recorded.
    public var differing: [Difference] = []

    public struct Orphan: Sendable, Codable, Equatable {
        public var key: String
        public var sizeBytes: Int64
        public var modifiedAt: Date
        /// Whether this check deleted it.
        public var isDeleted = false
    }

    public struct Abandoned: Sendable, Codable, Equatable {
        public var key: String
        public var startedAt: Date
        /// Whether this check removed its parts.
        public var isAborted = false
    }

    public struct Difference: Sendable, Codable, Equatable {
        public var key: String
        /// A sentence that says what was expected and what is there.
        public var reason: String
    }

    public init() {}

    /// Whether nothing is left to be done.
    public var isClean: Bool {
        missing.isEmpty && differing.isEmpty && orphaned.allSatisfy(\.isDeleted) && abandoned.allSatisfy(\.isAborted)
    }
}
