import Foundation
import NIOCore
import ObjectStorage
import TestSupport
import Testing

@Suite struct StagedUploadsTests {
    let folder: TemporaryFolder
    let store: LocalObjectStore

    init() throws {
        folder = try TemporaryFolder()
        store = try LocalObjectStore(root: folder.path)
    }

    private func place(offset: Int64 = 0) throws -> UploadPlace {
        let key = try ObjectKey("a")
        return UploadPlace(id: "abc123", key: key, maxBytes: 1 << 30, takeovers: 0, offset: offset, state: nil)
    }

    @Test func nothingIsVisibleBeforeTheEnd() async throws {
        let sink = StagedUploads(store)
        let writer = try await sink.resume(try place(), hash: nil)
        try await writer.write(ByteBuffer(repeating: 7, count: 3_000_000))
        #expect(try await store.list(prefix: "") == [])
        #expect(folder.files().count == 1)
        await writer.close()
        try await sink.discard(try place())
        #expect(folder.files() == [])
    }

    @Test func sweepingRemovesOnlyWhatIsOld() async throws {
        let sink = StagedUploads(store)
        let writer = try await sink.resume(try place(), hash: nil)
        try await writer.write(ByteBuffer(string: "still coming"))
        let old = "\(folder.path)/.staging/left-behind"
        try Data("x".utf8).write(to: URL(filePath: old))
        let dayAndMore = Date().addingTimeInterval(-90_000)
        try FileManager.default.setAttributes([.modificationDate: dayAndMore], ofItemAtPath: old)
        #expect(try await store.sweepStaging() == 1)
        let mark = try await writer.flush(isLast: true)
        await writer.close()
        try await sink.finish(try place(offset: mark.offset))
        #expect(folder.files() == ["a"])
    }

    /// A real full disk: a filesystem of 4 MiB where the test may mount one, and else
    /// a limit on the size of files, which the kernel applies to the same write.
    @Test func aFullDiskIsSaidClearlyAndLeavesNothing() async throws {
        let disk = try TinyDisk(in: folder.path)
        let store = try LocalObjectStore(root: disk.path)
        let sink = StagedUploads(store)
        // A file without a name takes its room until the last that has it open lets it go: the writer here, then its tasks.
        do {
            let writer = try await sink.resume(try place(), hash: nil)
            let error = await #expect(throws: StorageError.self) {
                for _ in 0..<128 { try await writer.write(ByteBuffer(repeating: 1, count: 1024 * 1024)) }
                _ = try await writer.flush(isLast: true)
            }
            #expect(error?.code == .full)
            await writer.close()
        }
        try await sink.discard(try place())
        #expect(try await store.list(prefix: "") == [])
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(disk.path)/.staging/uploads") == [])
        try await eventually { (try? await store.checkAccess()) != nil }
    }
}
