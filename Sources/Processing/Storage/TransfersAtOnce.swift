/// Transfers between a worker and the store: several at once, since a bucket answers each after a while.
enum TransfersAtOnce {
    /// Each costs a connection to the store.
    private static let limit = 8

    /// Does `transfer` for every item, in no certain order; the first that fails ends the others.
    static func run<Item: Sendable>(
        _ items: [Item],
        _ transfer: @escaping @Sendable (Item) async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, item) in items.enumerated() {
                if index >= limit { try await group.next() }
                try Task.checkCancellation()
                group.addTask { try await transfer(item) }
            }
            try await group.waitForAll()
        }
    }
}
