import Testing

/// Rows are locked so that whoever inserts a row that refers to them need not wait (`sql/README.md`).
@Suite struct LockTests {
    /// Files whose statements delete the rows that they lock.
    private static let deleting: Set = ["Videos+removal.swift", "Users+sessions.swift"]

    @Test func onlyRowsThatAreDeletedAreLockedForUpdate() throws {
        let files = try Checkout.files(of: "Database").filter { $0.source.contains("FOR UPDATE") }
        #expect(Set(files.map(\.name)) == Self.deleting)
    }
}
