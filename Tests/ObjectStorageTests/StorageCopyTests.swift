import Foundation
import Glibc
import NIOCore
import Synchronization
import TestSupport
import Testing

@testable import ObjectStorage

@Suite struct StorageCopyTests {
    let folder: TemporaryFolder
    let (here, there): (LocalObjectStore, LocalObjectStore)

    init() throws {
        folder = try TemporaryFolder()
        here = try LocalObjectStore(root: "\(folder.path)/here")
        there = try LocalObjectStore(root: "\(folder.path)/there")
    }

    private func fill(_ store: some ObjectStore, _ count: Int = 10) async throws {
        for number in 0..<count {
            let bytes = ObjectStoreConformance.bytes(1000 * number, seed: number)
            try await store.put(ObjectKey("videos/\(number)/play.mp4"), bytes: ByteBuffer(bytes: bytes))
        }
    }

    private func copy(_ comparesBytes: Bool = false, to target: (any ObjectStore)? = nil) -> StorageCopy {
        StorageCopy(from: here, to: target ?? there, scratch: folder.path, parallel: 3, comparesBytes: comparesBytes)
    }

    private func contents(of store: any ObjectStore) async throws -> [String: [UInt8]] {
        var contents: [String: [UInt8]] = [:]
        for object in try await store.list(prefix: "") {
            var bytes: [UInt8] = []
            for try await piece in try await store.get(object.key, range: nil) { bytes += piece.readableBytesView }
            contents[object.key.rawValue] = bytes
        }
        return contents
    }

    @Test(arguments: [false, true])
    func everythingIsCopiedOnce(comparesBytes: Bool) async throws {
        try await fill(here)
        let first = try await copy(comparesBytes).run()
        #expect(first.objects == 10 && first.copied == 10 && first.copiedBytes == 45_000 && first.isComplete)
        #expect(try await contents(of: there) == contents(of: here))
        let second = try await copy(comparesBytes).run()
        #expect(second.copied == 0 && second.skipped == 10 && second.doneBytes == second.bytes && second.isComplete)
        #expect(folder.files().allSatisfy { !$0.hasPrefix("clipyard-copy") })
    }

    @Test func onlyThePrefixIsCopied() async throws {
        try await fill(here)
        #expect(try await copy().run(prefix: "videos/3/").copied == 1)
        #expect(try await there.list(prefix: "").map(\.key.rawValue) == ["videos/3/play.mp4"])
    }

    @Test func whatWasStoppedGoesOn() async throws {
        try await fill(here, 20)
        let seen = Mutex(0)
        let started = Task {
            try await copy().run { report in
                seen.withLock { $0 = report.copied }
                if report.copied >= 5 { withUnsafeCurrentTask { $0?.cancel() } }
            }
        }
        await #expect(throws: CancellationError.self) { try await started.value }
        let before = try await there.list(prefix: "").count
        #expect((5..<20).contains(before))
        let report = try await copy().run()
        #expect(report.copied == 20 - before && report.skipped == before)
        #expect(try await contents(of: there) == contents(of: here))
    }

    @Test func whatDiffersIsCopiedAgain() async throws {
        try await fill(here)
        _ = try await copy().run()
        // Shorter; of the same size but older; of the same size and newer, which only reading shows.
        try await there.put(ObjectKey("videos/2/play.mp4"), bytes: ByteBuffer(string: "short"))
        try await there.put(ObjectKey("videos/4/play.mp4"), bytes: ByteBuffer(repeating: 1, count: 4000))
        let old = "\(folder.path)/there/videos/4/play.mp4"
        try FileManager.default.setAttributes([.modificationDate: Date.distantPast], ofItemAtPath: old)
        try await there.put(ObjectKey("videos/6/play.mp4"), bytes: ByteBuffer(repeating: 1, count: 6000))
        #expect(try await copy().run().copied == 2)
        #expect(try await copy(true).run().copied == 1)
        #expect(try await contents(of: there) == contents(of: here))
    }

    @Test func aFullTargetStopsTheCopyWithItsReason() async throws {
        try await fill(here, 4)
        // Larger than any tiny disk, and on another filesystem, so that bytes have to move.
        let large = try folder.file("large", [])
        #expect(truncate(large, 97 << 20) == 0)
        try await here.put(ObjectKey("a/large"), movingFile: large)
        let memory = try TemporaryFolder(in: "/dev/shm")
        let disk = try TinyDisk(in: memory.path)
        let full = try LocalObjectStore(root: disk.path)
        let report = try await copy(to: full).run()
        #expect(!report.isComplete)
        #expect(report.failures.first?.key == "a/large")
        #expect(report.stop == report.failures.first?.reason)
        #expect(try await full.head(ObjectKey("a/large")) == nil)
    }

    @Test func aStoreInABucketIsFilledAndEmptiedAgain() async throws {
        let server = try OSSServer()
        let settings = BucketSettings(
            bucket: OSSServer.bucket,
            endpoint: server.url,
            region: OSSServer.region,
            credentials: StorageCredentials(accessKey: "ak", secretKey: "sk"),
            isPathStyle: true
        )
        let bucket = try BucketObjectStore(oss: settings, configuration: .init(scratch: folder.path))
        try await fill(here)
        #expect(try await copy(true, to: bucket).run().copied == 10)
        #expect(try await copy(to: bucket).run().skipped == 10)
        let back = StorageCopy(from: bucket, to: there, scratch: folder.path)
        #expect(try await back.run().copied == 10)
        #expect(try await back.run().skipped == 10)
        #expect(try await contents(of: there) == contents(of: here))
    }
}
