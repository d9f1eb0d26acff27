import ObjectStorage
import Testing

/// Many objects: list, delete.
extension ObjectStoreConformance {
    static let listingChecks = [
        ConformanceCheck("list finds prefixes in order") { try await $0.listFindsPrefixesInOrder() },
        ConformanceCheck("delete removes only what it names") { try await $0.deleteRemovesOnlyWhatItNames() },
        ConformanceCheck("delete all removes the prefix") { try await $0.deleteAllRemovesThePrefix() },
        ConformanceCheck("many objects are listed and removed") { try await $0.manyObjectsAreListedAndRemoved() },
    ]

    func listFindsPrefixesInOrder() async throws {
        for key in ["list/10/b", "list/1/a", "list/1/c/d", "list/1/b", "list/2", "list1"] { try await put(key, [1]) }
        #expect(try await keys("list/1/") == ["list/1/a", "list/1/b", "list/1/c/d"])
        #expect(try await keys("list/1") == ["list/1/a", "list/1/b", "list/1/c/d", "list/10/b"])
        #expect(try await keys("list/1/c/d") == ["list/1/c/d"])
        #expect(try await keys("li").count == 6)
        for prefix in ["list/3", "../", "/", "list//1", "list/1/a/"] {
            #expect(try await keys(prefix) == [], "prefix \(prefix)")
        }
    }

    func deleteRemovesOnlyWhatItNames() async throws {
        for key in ["delete/a", "delete/ab", "delete/c/d"] { try await put(key, [1]) }
        try await store.delete([ObjectKey("delete/a"), ObjectKey("delete/c"), ObjectKey("delete/none")])
        #expect(try await keys("delete/") == ["delete/ab", "delete/c/d"])
    }

    func deleteAllRemovesThePrefix() async throws {
        for key in ["all/1/a", "all/1/b/c", "all/2/a"] { try await put(key, [1]) }
        try await store.deleteAll(prefix: "all/1/")
        #expect(try await keys("all/") == ["all/2/a"])
    }

    /// More than a page of a store whose pages were made small for the tests.
    func manyObjectsAreListedAndRemoved() async throws {
        let wanted = (0..<60).map { "many/\($0 % 7)/\(1000 + $0)" }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for key in wanted { group.addTask { try await put(key, Array(key.utf8)) } }
            try await group.waitForAll()
        }
        #expect(try await keys("many/") == wanted.sorted())
        let halves = wanted.enumerated().map { ($0.offset % 2 == 0, $0.element) }
        let absent = (0..<30).map { "many/none/\($0)" }
        try await store.delete((halves.filter(\.0).map(\.1) + absent).map { try ObjectKey($0) })
        #expect(try await keys("many/") == halves.filter { !$0.0 }.map(\.1).sorted())
        try await store.delete([])
        try await store.deleteAll(prefix: "many/")
        #expect(try await keys("many/") == [])
    }
}
