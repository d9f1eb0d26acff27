import Crypto
import Foundation
import NIOCore
import TestSupport
import Testing

@testable import ObjectStorage

/// What both ways of keeping an upload promise.
@Suite struct UploadSinkTests {
    enum Kind: CaseIterable { case staged, multipart }

    private static let partBytes: Int64 = 5 << 20
    private static let bytes: [UInt8] = {
        var random = SystemRandomNumberGenerator()
        return (0..<(13 << 17)).flatMap { _ in withUnsafeBytes(of: random.next()) { Array($0) } }
    }()

    private func withSink(_ kind: Kind, _ test: (any UploadSink, LocalObjectStore, String) async throws -> Void)
        async throws
    {
        try await withTemporaryFolder { folder in
            let store = try LocalObjectStore(root: "\(folder)/store")
            let sink: any UploadSink =
                switch kind {
                case .staged: StagedUploads(store, patience: .milliseconds(100))
                case .multipart: MultipartUploads(store, spoolFolder: "\(folder)/spool", partBytes: Self.partBytes)
                }
            try await test(sink, store, folder)
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

    private func stored(_ store: LocalObjectStore) async throws -> [UInt8] {
        try await store.get(try ObjectKey("sources/7/source"), range: nil)
            .reduce(into: [UInt8]()) { $0 += Array($1.readableBytesView) }
    }

    @Test(arguments: Kind.allCases) func requestsGoOnWhereTheOnesBeforeEnded(kind: Kind) async throws {
        try await withSink(kind) { sink, store, folder in
            var mark = UploadMark(offset: 0, state: nil)
            let hash = UploadHash()
            // Within a part, at the end of one, over several, and a little.
            for end in [1, 5000, 5 << 20, (5 << 20) + 1, 12 << 20, (12 << 20) + 4097, Self.bytes.count] {
                let writer = try await sink.resume(try place(mark), hash: hash)
                try await writer.write(ByteBuffer(bytes: Self.bytes[Int(mark.offset)..<end]))
                mark = try await writer.flush(isLast: end == Self.bytes.count)
                await writer.close()
                #expect(mark.offset == end)
            }
            #expect(hash.count == Self.bytes.count && hash.digest() == Array(SHA256.hash(data: Data(Self.bytes))))
            try await sink.finish(try place(mark))
            try await sink.finish(try place(mark))
            #expect(try await stored(store) == Self.bytes)
            #expect(try await store.list(prefix: "").map(\.key.rawValue) == ["sources/7/source"])
            #expect((try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/spool")) ?? [] == [])
        }
    }

    /// A process that ends at any time leaves its last mark, and what it wrote beyond means nothing.
    @Test(arguments: Kind.allCases) func whatCameAfterTheLastMarkIsSentAgain(kind: Kind) async throws {
        try await withSink(kind) { sink, store, _ in
            let first = try await sink.resume(try place(), hash: nil)
            try await first.write(ByteBuffer(bytes: Self.bytes[..<(11 << 20)]))
            let mark = try await first.mark()
            try await first.write(ByteBuffer(repeating: 0xEE, count: 1 << 20))
            await first.close()
            #expect((0...(11 << 20)).contains(mark.offset))
            let second = try await sink.resume(try place(mark, takeovers: 1), hash: nil)
            try await second.write(ByteBuffer(bytes: Self.bytes[Int(mark.offset)...]))
            let end = try await second.flush(isLast: true)
            await second.close()
            try await sink.finish(try place(end, takeovers: 1))
            #expect(try await stored(store) == Self.bytes)
        }
    }

    @Test(arguments: Kind.allCases) func nothingIsLeftOfWhatIsDiscarded(kind: Kind) async throws {
        try await withSink(kind) { sink, store, folder in
            let writer = try await sink.resume(try place(), hash: nil)
            try await writer.write(ByteBuffer(bytes: Self.bytes[..<(6 << 20)]))
            let mark = try await writer.flush(isLast: false)
            await writer.close()
            try await sink.discard(try place(mark))
            try await sink.discard(try place(mark))
            let names = FileManager.default.enumerator(atPath: folder)?.allObjects as? [String] ?? []
            let files = names.filter {
                (try? URL(filePath: "\(folder)/\($0)").resourceValues(forKeys: [.isRegularFileKey]).isRegularFile)
                    == true
            }
            #expect(files == [])
            await #expect(throws: StorageError.self) { _ = try await sink.resume(try place(mark), hash: nil) }
        }
    }

    @Test func whoeverWritesToAFileHasItAlone() async throws {
        try await withSink(.staged) { sink, _, _ in
            let first = try await sink.resume(try place(), hash: nil)
            let error = await #expect(throws: StorageError.self) { _ = try await sink.resume(try place(), hash: nil) }
            #expect(error?.code == .locked)
            await first.close()
            let second = try await sink.resume(try place(), hash: nil)
            await second.close()
        }
    }

    /// The end of an upload is undone if it was never recorded.
    @Test func aFileThatGotItsKeyTooEarlyIsTakenBack() async throws {
        try await withSink(.staged) { sink, store, _ in
            let first = try await sink.resume(try place(), hash: nil)
            try await first.write(ByteBuffer(bytes: Self.bytes))
            let mark = try await first.flush(isLast: true)
            await first.close()
            try await sink.finish(try place(mark))
            let early = UploadMark(offset: 1 << 20, state: nil)
            let second = try await sink.resume(try place(early), hash: nil)
            try await second.write(ByteBuffer(bytes: Self.bytes[(1 << 20)...]))
            _ = try await second.flush(isLast: true)
            await second.close()
            try await sink.finish(try place(mark))
            #expect(try await stored(store) == Self.bytes)
        }
    }
}
