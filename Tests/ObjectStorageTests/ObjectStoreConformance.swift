import Foundation
import NIOCore
import ObjectStorage
import Testing

/// What every store must do.
///
/// Each backend's suite runs all of it.
struct ObjectStoreConformance {
    let store: any ObjectStore
    /// Where the store's user keeps files.
    let folder: TemporaryFolder

    static let checks: [@Sendable (Self) async throws -> Void] = [
        { try await $0.whatIsPutCanBeGot() }, { try await $0.putReplaces() }, { try await $0.putMovesTheFile() },
        { try await $0.rangesAreCutAtTheEnd() }, { try await $0.absentObjectsAreNoErrorWhereNilSaysIt() },
        { try await $0.listFindsPrefixesInOrder() }, { try await $0.deleteRemovesOnlyWhatItNames() },
        { try await $0.deleteAllRemovesThePrefix() }, { try await $0.fetchBringsAFileOfItsOwn() },
        { try await $0.parallelPutsOfOneKeyLeaveOneWhole() },
    ]

    private func put(_ key: String, _ bytes: [UInt8]) async throws {
        try await store.put(ObjectKey(key), movingFile: folder.file("put-\(UUID().uuidString)", bytes))
    }

    private func get(_ key: String, _ range: Range<Int64>? = nil) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        for try await buffer in try await store.get(ObjectKey(key), range: range) {
            bytes += Array(buffer.readableBytesView)
        }
        return bytes
    }

    private func keys(_ prefix: String) async throws -> [String] {
        try await store.list(prefix: prefix).map(\.key.rawValue)
    }

    func whatIsPutCanBeGot() async throws {
        for size in [0, 1, 255 * 1024, 1024 * 1024 + 17] {
            let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
            try await put("get/\(size)", bytes)
            #expect(try await get("get/\(size)") == bytes)
            #expect(try await store.head(ObjectKey("get/\(size)"))?.sizeBytes == Int64(size))
        }
    }

    func putReplaces() async throws {
        try await put("replace/a", Array("old".utf8))
        let before = try await store.head(ObjectKey("replace/a"))
        try await put("replace/a", Array("newer".utf8))
        #expect(try await get("replace/a") == Array("newer".utf8))
        #expect(try await store.head(ObjectKey("replace/a"))?.etag != before?.etag)
    }

    func putMovesTheFile() async throws {
        let path = try folder.file("moved", Array("bytes".utf8))
        try await store.put(ObjectKey("move/a"), movingFile: path)
        #expect(!FileManager.default.fileExists(atPath: path))
        await #expect(throws: StorageError.self) { try await store.put(ObjectKey("move/b"), movingFile: path) }
        #expect(try await store.head(ObjectKey("move/b")) == nil)
    }

    func rangesAreCutAtTheEnd() async throws {
        try await put("range/a", Array("0123456789".utf8))
        #expect(try await get("range/a", 2..<5) == Array("234".utf8))
        #expect(try await get("range/a", 8..<500) == Array("89".utf8))
        #expect(try await get("range/a", 10..<11) == [])
        #expect(try await store.get(ObjectKey("range/a"), range: 8..<500).sizeBytes == 2)
    }

    func absentObjectsAreNoErrorWhereNilSaysIt() async throws {
        #expect(try await store.head(ObjectKey("absent/a")) == nil)
        #expect(try await keys("absent/") == [])
        try await store.delete([ObjectKey("absent/a")])
        try await store.deleteAll(prefix: "absent/")
        let error = await #expect(throws: StorageError.self) { try await get("absent/a") }
        #expect(error?.code == .notFound)
    }

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

    func fetchBringsAFileOfItsOwn() async throws {
        try await put("fetch/a", Array("fetched".utf8))
        let path = "\(folder.path)/fetched"
        try await store.fetch(ObjectKey("fetch/a"), to: path)
        try await store.delete([ObjectKey("fetch/a")])
        #expect(try Data(contentsOf: URL(filePath: path)) == Data("fetched".utf8))
        await #expect(throws: StorageError.self) { try await store.fetch(ObjectKey("fetch/a"), to: "\(path)2") }
        #expect(!FileManager.default.fileExists(atPath: "\(path)2"))
    }

    func parallelPutsOfOneKeyLeaveOneWhole() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for value in UInt8(0)..<16 {
                group.addTask { try await put("parallel/a", [UInt8](repeating: value, count: 70_000)) }
                group.addTask { try await store.deleteAll(prefix: "parallel/") }
            }
            try await group.waitForAll()
        }
        try await put("parallel/b", [1])
        if try await store.head(ObjectKey("parallel/a")) != nil {
            let bytes = try await get("parallel/a")
            #expect(bytes.count == 70_000 && Set(bytes).count == 1)
        }
        #expect(try await get("parallel/b") == [1])
    }
}
