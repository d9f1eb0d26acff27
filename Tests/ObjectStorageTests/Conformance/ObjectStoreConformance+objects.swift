import Foundation
import Glibc
import NIOCore
import ObjectStorage
import Testing

/// Whole objects: put, get, head, fetch, copy.
extension ObjectStoreConformance {
    static let objectChecks = [
        ConformanceCheck("what is put can be got") { try await $0.whatIsPutCanBeGot() },
        ConformanceCheck("put replaces") { try await $0.putReplaces() },
        ConformanceCheck("put moves the file") { try await $0.putMovesTheFile() },
        ConformanceCheck("only regular files are taken") { try await $0.onlyRegularFilesAreTaken() },
        ConformanceCheck("ranges are cut at the end") { try await $0.rangesAreCutAtTheEnd() },
        ConformanceCheck("absent objects are no error where nil says it") {
            try await $0.absentObjectsAreNoErrorWhereNilSaysIt()
        },
        ConformanceCheck("head tells size, time and etag") { try await $0.headTellsSizeTimeAndETag() },
        ConformanceCheck("fetch brings a file of its own") { try await $0.fetchBringsAFileOfItsOwn() },
        ConformanceCheck("fetch replaces no file") { try await $0.fetchReplacesNoFile() },
        ConformanceCheck("parallel puts of one key leave one whole") {
            try await $0.parallelPutsOfOneKeyLeaveOneWhole()
        },
        ConformanceCheck("every key can be used") { try await $0.everyKeyCanBeUsed() },
        ConformanceCheck("copies are objects of their own") { try await $0.copiesAreObjectsOfTheirOwn() },
        ConformanceCheck("a large object comes back whole") { try await $0.aLargeObjectComesBackWhole() },
        ConformanceCheck("signed addresses are for one object and one method") {
            try await $0.signedAddressesAreForOneObjectAndOneMethod()
        },
        ConformanceCheck("the store says that it can be used") { try await $0.store.checkAccess() },
    ]

    func whatIsPutCanBeGot() async throws {
        for size in [0, 1, 255 * 1024, 1024 * 1024 + 17] {
            let bytes = Self.bytes(size)
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

    func fetchBringsAFileOfItsOwn() async throws {
        try await put("fetch/a", Array("fetched".utf8))
        let path = "\(folder.path)/fetched"
        try await store.fetch(ObjectKey("fetch/a"), to: path)
        try await store.delete([ObjectKey("fetch/a")])
        #expect(try Data(contentsOf: URL(filePath: path)) == Data("fetched".utf8))
        await #expect(throws: StorageError.self) { try await store.fetch(ObjectKey("fetch/a"), to: "\(path)2") }
        #expect(!FileManager.default.fileExists(atPath: "\(path)2"))
    }

    func fetchReplacesNoFile() async throws {
        try await put("fetch/b", Array("fetched".utf8))
        let path = try file(Array("mine".utf8))
        #expect(await failure { try await store.fetch(ObjectKey("fetch/b"), to: path) } == .conflict)
        #expect(try Data(contentsOf: URL(filePath: path)) == Data("mine".utf8))
    }

    func onlyRegularFilesAreTaken() async throws {
        let (link, pipe) = ("\(folder.path)/a-link", "\(folder.path)/a-pipe")
        #expect(symlink("/etc/hostname", link) == 0)
        #expect(mkfifo(pipe, 0o600) == 0)
        for path in [link, pipe, folder.path] {
            #expect(
                await failure { try await store.put(ObjectKey("taken/a"), movingFile: path) } == .invalid,
                "\(path)"
            )
        }
        #expect(try await store.head(ObjectKey("taken/a")) == nil)
    }

    func headTellsSizeTimeAndETag() async throws {
        let before = Date().addingTimeInterval(-5)
        try await put("head/a", Self.bytes(4000))
        let info = try #require(try await store.head(ObjectKey("head/a")))
        #expect(info.key.rawValue == "head/a")
        #expect(info.sizeBytes == 4000)
        #expect((before...Date().addingTimeInterval(5)).contains(info.modifiedAt))
        #expect(!info.etag.isEmpty && !info.etag.contains("\""))
        #expect(try await store.head(ObjectKey("head/a"))?.etag == info.etag)
        let listed = try #require(try await store.list(prefix: "head/a").first)
        #expect(listed.etag == info.etag && listed.sizeBytes == 4000)
        #expect(abs(listed.modifiedAt.timeIntervalSince(info.modifiedAt)) < 1.5)
    }

    func everyKeyCanBeUsed() async throws {
        let names = [
            "a", "a..b/c.", "~!()*+,;=:@&$/[]^{|}_-", "1/22/333", "A/a/B/b", "sources=7/x+y", "a:b;c,d",
            String(repeating: "n", count: ObjectKey.maxPartBytes), String(repeating: "d/", count: 200) + "deep",
        ]
        for name in names {
            let key = "odd/\(name)"
            try await put(key, Array(name.utf8))
            #expect(try await get(key) == Array(name.utf8), "\(name)")
            #expect(try await store.head(ObjectKey(key))?.key.rawValue == key)
            #expect(try await keys(key) == [key])
        }
        #expect(try await Set(keys("odd/")) == Set(names.map { "odd/\($0)" }))
        try await store.deleteAll(prefix: "odd/")
        #expect(try await keys("odd/") == [])
    }

    func copiesAreObjectsOfTheirOwn() async throws {
        let bytes = Self.bytes(300_000)
        try await put("copy/a", bytes)
        try await put("copy/b", [1])
        try await store.copy(ObjectKey("copy/a"), to: ObjectKey("copy/b"))
        try await store.copy(ObjectKey("copy/a"), to: ObjectKey("copy/c/d"))
        try await store.delete([ObjectKey("copy/a")])
        #expect(try await get("copy/b") == bytes)
        #expect(try await get("copy/c/d") == bytes)
        #expect(
            await failure { try await store.copy(ObjectKey("copy/a"), to: ObjectKey("copy/e")) } == .notFound
        )
        #expect(try await keys("copy/") == ["copy/b", "copy/c/d"])
    }

    func aLargeObjectComesBackWhole() async throws {
        let bytes = Self.bytes(20 * 1024 * 1024 + 13)
        try await put("large/a", bytes)
        let path = "\(folder.path)/large"
        try await store.fetch(ObjectKey("large/a"), to: path)
        #expect(try Self.sha256(Array(Data(contentsOf: URL(filePath: path)))) == Self.sha256(bytes))
        let middle: Range<Int64> = 9_999_999..<12_345_678
        #expect(try await get("large/a", middle) == Array(bytes[9_999_999..<12_345_678]))
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

    /// Where a store has addresses of its own.
    func signedAddressesAreForOneObjectAndOneMethod() async throws {
        let key = try ObjectKey("signed/a=b+c@d")
        guard let put = try await store.presign(.put, key, expiresIn: .seconds(60)),
            let get = try await store.presign(.get, key, expiresIn: .seconds(60))
        else { return }
        let body = CurlBody.bytes(ByteBuffer(string: "from outside"))
        #expect(try await http.send(CurlRequest("PUT", put, body: body, trust: http.trust)).status == 200)
        #expect(try await http.get(get).body == Array("from outside".utf8))
        #expect(try await self.get(key.rawValue) == Array("from outside".utf8))
        #expect(try await http.send(CurlRequest("PUT", get, body: body, trust: http.trust)).status == 403)
        #expect(try await http.get(get.replacing("signed/", with: "other/")).status == 403)
    }
}
