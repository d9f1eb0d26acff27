import Crypto
import Foundation
import Glibc
import NIOCore
import ObjectStorage
import Testing

@Suite struct LocalObjectStoreTests {
    let folder: TemporaryFolder
    let outside: TemporaryFolder
    let store: LocalObjectStore

    init() throws {
        folder = try TemporaryFolder()
        outside = try TemporaryFolder()
        store = try LocalObjectStore(root: folder.path)
    }

    @Test(arguments: ObjectStoreConformance.checks)
    func conforms(to check: ConformanceCheck) async throws {
        try await check.run(ObjectStoreConformance(store: store, folder: outside))
    }

    @Test func putWorksAcrossFilesystems() async throws {
        let memory = try TemporaryFolder(in: "/dev/shm")
        let path = try memory.file("a", Array("far away".utf8))
        var here = stat()
        var there = stat()
        try #require(stat(folder.path, &here) == 0 && stat(path, &there) == 0)
        try #require(here.st_dev != there.st_dev, "the test needs two filesystems")
        try await store.put(ObjectKey("far/a"), movingFile: path)
        #expect(folder.files() == ["far/a"])
        #expect(memory.files() == [])
        try await store.fetch(ObjectKey("far/a"), to: "\(memory.path)/back")
        #expect(try Data(contentsOf: URL(filePath: "\(memory.path)/back")) == Data("far away".utf8))
    }

    @Test func fetchLinksOnOneFilesystem() async throws {
        try await store.put(ObjectKey("a"), movingFile: outside.file("a", [1, 2, 3]))
        try await store.fetch(ObjectKey("a"), to: "\(outside.path)/link")
        var status = stat()
        #expect(stat("\(outside.path)/link", &status) == 0 && status.st_nlink == 2)
    }

    @Test func linksInTheTreeAreNotFollowed() async throws {
        _ = try outside.file("secret", Array("secret".utf8))
        #expect(symlink(outside.path, "\(folder.path)/way-out") == 0)
        #expect(symlink("\(outside.path)/secret", "\(folder.path)/alias") == 0)
        for key in [try ObjectKey("way-out/secret"), try ObjectKey("alias")] {
            #expect(try await store.head(key) == nil)
            await #expect(throws: StorageError.self) { try await store.get(key, range: nil) }
            await #expect(throws: StorageError.self) { try await store.fetch(key, to: "\(outside.path)/x") }
        }
        #expect(try await store.list(prefix: "") == [])
        let file = try outside.file("new", [1])
        await #expect(throws: StorageError.self) { try await store.put(ObjectKey("way-out/new2"), movingFile: file) }
        try await store.delete([ObjectKey("way-out/secret")])
        try await store.deleteAll(prefix: "way-out/")
        #expect(outside.files() == ["secret", "new"])
    }

    @Test func emptyFoldersGoWithTheirLastObject() async throws {
        try await store.put(ObjectKey("x/y/z/a"), movingFile: outside.file("a", [1]))
        try await store.put(ObjectKey("x/b"), movingFile: outside.file("b", [1]))
        try await store.delete([ObjectKey("x/y/z/a")])
        #expect(folder.folders() == ["x", ".staging"])
        try await store.deleteAll(prefix: "x/")
        #expect(folder.folders() == [".staging"])
    }

    @Test func aKeyUnderAnotherObjectIsAConflict() async throws {
        try await store.put(ObjectKey("a"), movingFile: outside.file("a", [1]))
        let below = try outside.file("b", [2])
        let error = await #expect(throws: StorageError.self) {
            try await store.put(ObjectKey("a/b"), movingFile: below)
        }
        #expect(error?.code == .conflict)
        #expect(outside.files() == ["b"])
    }

    @Test func checkAccessLeavesNothing() async throws {
        try await store.checkAccess()
        #expect(folder.files() == [])
        try FileManager.default.removeItem(atPath: "\(folder.path)/.staging")
        await #expect(throws: StorageError.self) { try await store.checkAccess() }
    }

    @Test func partsAreHiddenAndGoWithTheirUpload() async throws {
        let path = try outside.file("part", [1, 2, 3])
        let upload = try await store.beginMultipart(ObjectKey("a/b"))
        _ = try await store.putPart(1, of: upload, file: path, range: 0..<3)
        #expect(folder.files().allSatisfy { $0.hasPrefix(".staging/") })
        #expect(folder.files().count == 2)
        try await store.abort(upload)
        #expect(folder.files() == [] && folder.folders() == [".staging"])
        let whole = try await store.beginMultipart(ObjectKey("a/b"))
        let part = try await store.putPart(1, of: whole, file: path, range: 0..<3)
        _ = try await store.complete(whole, parts: [part])
        #expect(folder.files() == ["a/b"] && folder.folders() == ["a", ".staging"])
    }

    @Test func sweepingLeavesUploadsInPartsAlone() async throws {
        let upload = try await store.beginMultipart(ObjectKey("a"))
        let part = try await store.putPart(1, of: upload, file: outside.file("part", [1]), range: 0..<1)
        #expect(try await store.sweepStaging(olderThan: .seconds(-60)) == 0)
        _ = try await store.complete(upload, parts: [part])
    }

    @Test func noURLsAreSigned() async throws {
        #expect(try await store.presign(.get, ObjectKey("a"), expiresIn: .seconds(60)) == nil)
    }
}
