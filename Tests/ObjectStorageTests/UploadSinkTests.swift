import Crypto
import Foundation
import NIOCore
import TestSupport
import Testing

@testable import ObjectStorage

/// What every way of keeping an upload promises.
@Suite struct UploadSinkTests {
    enum Kind: CaseIterable { case staged, multipart, seaweed, oss }

    /// As small as S3 allows.
    private static let partBytes = MultipartUpload.minPartBytes
    private static let bytes: [UInt8] = ObjectStoreConformance.bytes(13 << 20)

    /// A store, and a new sink for each process that goes on with the upload, on a machine of its own.
    private struct Processes {
        let store: any ObjectStore
        let folder: String
        let sink: () async throws -> any UploadSink

        /// The parts that wait on the machines, and whatever a local store has.
        var files: [String] {
            let names = FileManager.default.enumerator(atPath: folder)?.allObjects as? [String] ?? []
            return names.filter {
                let values = try? URL(filePath: "\(folder)/\($0)").resourceValues(forKeys: [.isRegularFileKey])
                return values?.isRegularFile == true
            }
        }
    }

    private func withSink(_ kind: Kind, _ test: (Processes) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let prefix = "uploads/\(UUID().uuidString)"
            let open: () async throws -> any ObjectStore = {
                switch kind {
                case .staged, .multipart: try LocalObjectStore(root: "\(folder)/store")
                case .seaweed: try await S3Stores.open(.seaweed, prefix: prefix, scratch: folder)
                case .oss: try OSSStores.open(prefix: prefix, scratch: folder)
                }
            }
            let sink: () async throws -> any UploadSink = {
                let spool = "\(folder)/spool-\(UUID().uuidString)"
                let store = try await open()
                if kind == .staged, let local = store as? LocalObjectStore {
                    return StagedUploads(local, patience: .milliseconds(100))
                }
                return MultipartUploads(store, spoolFolder: spool, partBytes: Self.partBytes)
            }
            try await test(Processes(store: try await open(), folder: folder, sink: sink))
        }
    }

    private func place(_ mark: UploadMark = UploadMark(offset: 0, state: nil), takeovers: Int = 0) throws -> UploadPlace
    {
        UploadPlace(
            id: "abc123",
            key: try ObjectKey("sources/7/source"),
            maxBytes: Int64(Self.bytes.count),
            takeovers: takeovers,
            offset: mark.offset,
            state: mark.state
        )
    }

    private func stored(_ store: any ObjectStore) async throws -> [UInt8] {
        try await store.get(try ObjectKey("sources/7/source"), range: nil)
            .reduce(into: [UInt8]()) { $0 += Array($1.readableBytesView) }
    }

    @Test(arguments: Kind.allCases) func requestsGoOnWhereTheOnesBeforeEnded(kind: Kind) async throws {
        try await withSink(kind) { processes in
            let store = processes.store
            var mark = UploadMark(offset: 0, state: nil)
            let hash = UploadHash()
            // Within a part, at the end of one, over several, and a little.
            for end in [1, 5000, 5 << 20, (5 << 20) + 1, 12 << 20, (12 << 20) + 4097, Self.bytes.count] {
                let writer = try await processes.sink().resume(try place(mark), hash: hash)
                try await writer.write(ByteBuffer(bytes: Self.bytes[Int(mark.offset)..<end]))
                mark = try await writer.flush(isLast: end == Self.bytes.count)
                await writer.close()
                #expect(mark.offset == end)
            }
            #expect(hash.count == Self.bytes.count && hash.digest() == Array(SHA256.hash(data: Data(Self.bytes))))
            try await processes.sink().finish(try place(mark))
            try await processes.sink().finish(try place(mark))
            #expect(try await stored(store) == Self.bytes)
            #expect(try await store.list(prefix: "").map(\.key.rawValue) == ["sources/7/source"])
            #expect(try await store.multiparts(prefix: "") == [])
            #expect(processes.files.filter { $0.hasPrefix("spool") } == [])
        }
    }

    /// A process that ends at any time leaves its last mark, and what it wrote beyond means nothing.
    @Test(arguments: Kind.allCases) func whatCameAfterTheLastMarkIsSentAgain(kind: Kind) async throws {
        try await withSink(kind) { processes in
            let store = processes.store
            let first = try await processes.sink().resume(try place(), hash: nil)
            try await first.write(ByteBuffer(bytes: Self.bytes[..<(11 << 20)]))
            let mark = try await first.mark()
            try await first.write(ByteBuffer(repeating: 0xEE, count: 1 << 20))
            await first.close()
            #expect((0...(11 << 20)).contains(mark.offset))
            let second = try await processes.sink().resume(try place(mark, takeovers: 1), hash: nil)
            try await second.write(ByteBuffer(bytes: Self.bytes[Int(mark.offset)...]))
            let end = try await second.flush(isLast: true)
            await second.close()
            try await processes.sink().finish(try place(end, takeovers: 1))
            #expect(try await stored(store) == Self.bytes)
        }
    }

    @Test(arguments: Kind.allCases) func nothingIsLeftOfWhatIsDiscarded(kind: Kind) async throws {
        try await withSink(kind) { processes in
            let store = processes.store
            let writer = try await processes.sink().resume(try place(), hash: nil)
            try await writer.write(ByteBuffer(bytes: Self.bytes[..<(6 << 20)]))
            let mark = try await writer.flush(isLast: false)
            await writer.close()
            try await processes.sink().discard(try place(mark))
            try await processes.sink().discard(try place(mark))
            #expect(processes.files == [])
            #expect(try await store.list(prefix: "") == [])
            #expect(try await store.multiparts(prefix: "") == [])
            await #expect(throws: StorageError.self) {
                _ = try await processes.sink().resume(try place(mark), hash: nil)
            }
        }
    }

    /// The answer to a part is lost, so it is sent twice: SeaweedFS then lists both.
    @Test(arguments: StorageFaultTests.Backend.allCases)
    func aPartThatWasSentTwiceCountsOnce(backend: StorageFaultTests.Backend) async throws {
        let proxy = try FaultProxy(to: await backend.port)
        defer { proxy.close() }
        try await withTemporaryFolder { folder in
            let store = try await backend.open(port: proxy.port, prefix: "twice/\(UUID().uuidString)", scratch: folder)
            let sink = MultipartUploads(store, spoolFolder: "\(folder)/spool", partBytes: Self.partBytes)
            proxy.arm(.loseAnswer, times: 2) { method, target in method == "PUT" && target.contains("partNumber=") }
            let writer = try await sink.resume(try place(), hash: nil)
            try await writer.write(ByteBuffer(bytes: Self.bytes))
            let mark = try await writer.flush(isLast: true)
            await writer.close()
            #expect(mark.offset == Self.bytes.count && proxy.faults == 2)
            try await sink.finish(try place(mark))
            #expect(try await stored(store) == Self.bytes)
        }
    }

    /// What the upkeep does with uploads in parts that a crash left before anybody had kept their names.
    @Test(arguments: StorageFaultTests.Backend.allCases)
    func abandonedUploadsInPartsAreSwept(backend: StorageFaultTests.Backend) async throws {
        try await withTemporaryFolder { folder in
            let store = try await backend.open(prefix: "swept/\(UUID().uuidString)", scratch: folder)
            let sink = MultipartUploads(store, spoolFolder: "\(folder)/spool", partBytes: Self.partBytes)
            let writer = try await sink.resume(try place(), hash: nil)
            try await writer.write(ByteBuffer(bytes: Self.bytes[..<Int(Self.partBytes)]))
            // The mark was handed out, and the process ended before anybody could record it.
            _ = try await writer.flush(isLast: false)
            await writer.close()
            let found = try await store.multiparts(prefix: "sources/")
            #expect(found.map(\.key.rawValue) == ["sources/7/source"])
            for upload in found where upload.startedAt < Date().addingTimeInterval(60) { try await store.abort(upload) }
            #expect(try await store.multiparts(prefix: "") == [])
            #expect(try await store.list(prefix: "") == [])
        }
    }

    /// However often a client sends a byte: of what is no whole part yet, one object stays in the store.
    @Test(arguments: [Kind.multipart, .seaweed, .oss]) func manySmallRequestsLeaveOneTail(kind: Kind) async throws {
        try await withSink(kind) { processes in
            let tails = "uploads/abc123/tails/"
            var mark = UploadMark(offset: 0, state: nil)
            for end in stride(from: 1_000_000, to: 1_000_010, by: 1) {
                let writer = try await processes.sink().resume(try place(mark), hash: nil)
                try await writer.write(ByteBuffer(bytes: Self.bytes[Int(mark.offset)..<end]))
                let next = try await writer.flush(isLast: false)
                // A process that ends before it can tidy up leaves that to the next one.
                if end % 3 != 0 { await writer.settle(isRecorded: true) }
                await writer.close()
                mark = next
                #expect(try await processes.store.list(prefix: tails).count <= 2)
            }
            let relieved = try await processes.sink().resume(try place(mark), hash: nil)
            try await relieved.write(ByteBuffer(bytes: [1, 2, 3]))
            _ = try await relieved.flush(isLast: false)
            await relieved.settle(isRecorded: false)
            await relieved.close()
            let last = try await processes.sink().resume(try place(mark, takeovers: 1), hash: nil)
            try await last.write(ByteBuffer(bytes: Self.bytes[Int(mark.offset)...]))
            let end = try await last.flush(isLast: true)
            await last.close()
            try await processes.sink().finish(try place(end, takeovers: 1))
            #expect(try await stored(processes.store) == Self.bytes)
            #expect(try await processes.store.list(prefix: tails) == [])
        }
    }

    @Test func whoeverWritesToAFileHasItAlone() async throws {
        try await withSink(.staged) { processes in
            let first = try await processes.sink().resume(try place(), hash: nil)
            let error = await #expect(throws: StorageError.self) {
                _ = try await processes.sink().resume(try place(), hash: nil)
            }
            #expect(error?.code == .locked)
            await first.close()
            let second = try await processes.sink().resume(try place(), hash: nil)
            await second.close()
        }
    }

    /// The end of an upload is undone if it was never recorded.
    @Test func aFileThatGotItsKeyTooEarlyIsTakenBack() async throws {
        try await withSink(.staged) { processes in
            let store = processes.store
            let first = try await processes.sink().resume(try place(), hash: nil)
            try await first.write(ByteBuffer(bytes: Self.bytes))
            let mark = try await first.flush(isLast: true)
            await first.close()
            try await processes.sink().finish(try place(mark))
            let early = UploadMark(offset: 1 << 20, state: nil)
            let second = try await processes.sink().resume(try place(early), hash: nil)
            try await second.write(ByteBuffer(bytes: Self.bytes[(1 << 20)...]))
            _ = try await second.flush(isLast: true)
            await second.close()
            try await processes.sink().finish(try place(mark))
            #expect(try await stored(store) == Self.bytes)
        }
    }
}
