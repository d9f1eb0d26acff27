import Crypto
import Foundation
import Glibc
import NIOCore
import ObjectStorage
import TestSupport
import Testing

@Suite struct StagedUploadTests {
    let folder: TemporaryFolder
    let store: LocalObjectStore

    init() throws {
        folder = try TemporaryFolder()
        store = try LocalObjectStore(root: folder.path)
    }

    @Test func nothingIsVisibleBeforeTheEnd() async throws {
        let upload = try await store.beginWrite(ObjectKey("a"))
        try await upload.write(ByteBuffer(repeating: 7, count: 3_000_000))
        #expect(try await store.list(prefix: "") == [])
        #expect(folder.files().count == 1)
        await upload.abort()
        #expect(folder.files() == [])
    }

    @Test func anUploadThatIsDroppedLeavesNothing() async throws {
        do {
            let upload = try await store.beginWrite(ObjectKey("a"))
            try await upload.write(ByteBuffer(repeating: 7, count: 10))
        }
        // The thread that opened the file may let go of it a moment later than this test.
        try await eventually { folder.files().isEmpty }
    }

    @Test func sweepingRemovesOnlyWhatIsOld() async throws {
        let upload = try await store.beginWrite(ObjectKey("a"))
        try await upload.write(ByteBuffer(string: "still coming"))
        let old = "\(folder.path)/.staging/left-behind"
        try Data("x".utf8).write(to: URL(filePath: old))
        let dayAndMore = Date().addingTimeInterval(-90_000)
        try FileManager.default.setAttributes([.modificationDate: dayAndMore], ofItemAtPath: old)
        #expect(try await store.sweepStaging() == 1)
        _ = try await upload.finish()
        #expect(folder.files() == ["a"])
    }

    /// A real full disk: a filesystem of 4 MiB where the test may mount one, and else
    /// a limit on the size of files, which the kernel applies to the same write.
    @Test func aFullDiskIsSaidClearlyAndLeavesNothing() async throws {
        let disk = try TinyDisk(in: folder.path)
        let store = try LocalObjectStore(root: disk.path)
        let upload = try await store.beginWrite(ObjectKey("a"))
        let error = await #expect(throws: StorageError.self) {
            for _ in 0..<128 { try await upload.write(ByteBuffer(repeating: 1, count: 1024 * 1024)) }
            _ = try await upload.finish()
        }
        #expect(error?.code == .full)
        await upload.abort()
        #expect(try await store.list(prefix: "") == [])
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(disk.path)/.staging") == [])
        try await store.checkAccess()
    }
}
