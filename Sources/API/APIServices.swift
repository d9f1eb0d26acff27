public import Database
public import ObjectStorage

/// What the API works with; whoever makes them closes them.
public struct APIServices: Sendable {
    public var pool: DatabasePool
    public var store: LocalObjectStore

    public init(pool: DatabasePool, store: LocalObjectStore) {
        self.pool = pool
        self.store = store
    }
}
