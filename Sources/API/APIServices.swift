public import Database
public import Moderation
public import ObjectStorage

/// What the API works with; whoever makes them closes them.
public struct APIServices: Sendable {
    public var pool: DatabasePool
    public var store: any ObjectStore
    public var moderator: Moderator

    public init(pool: DatabasePool, store: any ObjectStore, moderator: Moderator) {
        self.pool = pool
        self.store = store
        self.moderator = moderator
    }
}
