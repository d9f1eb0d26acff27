import Foundation
import NIOCore
import ObjectStorage
import Testing

/// Objects of a length that is not known before, and of bytes in memory.
extension ObjectStoreConformance {
    static let writeChecks = [
        ConformanceCheck("a stream becomes an object") { try await $0.aStreamBecomesAnObject() },
        ConformanceCheck("nothing is visible before finish") { try await $0.nothingIsVisibleBeforeFinish() },
        ConformanceCheck("a broken stream leaves nothing") { try await $0.aBrokenStreamLeavesNothing() },
        ConformanceCheck("parallel writes of one key leave one whole") {
            try await $0.parallelWritesOfOneKeyLeaveOneWhole()
        },
        ConformanceCheck("bytes in memory become an object") { try await $0.bytesInMemoryBecomeAnObject() },
    ]

    private var sink: any UploadSink { store.uploadSink(spoolFolder: "\(folder.path)/spool") }

    /// What comes in one request, as a form does.
    private func place(_ key: String) throws -> UploadPlace {
        UploadPlace(
            id: UUID().uuidString.filter { $0 != "-" },
            key: try ObjectKey(key),
            maxBytes: 1 << 30,
            takeovers: 0,
            offset: 0,
            state: nil,
            comesAtOnce: true
        )
    }

    private func finish(_ writer: any UploadWriter, _ place: UploadPlace) async throws {
        var place = place
        let mark = try await writer.flush(isLast: true)
        await writer.close()
        (place.offset, place.state) = (mark.offset, mark.state)
        try await sink.finish(place)
    }

    /// Sizes around those of blocks and parts, in pieces of uneven sizes.
    func aStreamBecomesAnObject() async throws {
        for size in [1, 1 << 20, 8 << 20, (8 << 20) + 1, (17 << 20) + 5] {
            let (bytes, hash, place) = (Self.bytes(size, seed: size), UploadHash(), try place("stream/\(size)"))
            let writer = try await sink.resume(place, hash: hash)
            var rest = ByteBuffer(bytes: bytes)
            var step = 1
            while rest.readableBytes > 0 {
                try await writer.write(rest.readSlice(length: min(rest.readableBytes, step)) ?? rest)
                step = step * 2 % 3_000_017
            }
            try await finish(writer, place)
            #expect(hash.count == size && hash.digest() == Self.sha256(bytes))
            #expect(try await Self.sha256(get("stream/\(size)")) == hash.digest(), "\(size) bytes")
        }
        #expect(try await store.multiparts(prefix: "stream/") == [])
    }

    func nothingIsVisibleBeforeFinish() async throws {
        try await put("unfinished/a", Array("old".utf8))
        let place = try place("unfinished/a")
        let writer = try await sink.resume(place, hash: nil)
        try await writer.write(ByteBuffer(bytes: Self.bytes(9 << 20)))
        #expect(try await get("unfinished/a") == Array("old".utf8))
        try await finish(writer, place)
        #expect(try await store.head(ObjectKey("unfinished/a"))?.sizeBytes == 9 << 20)
    }

    /// The connection breaks before anybody was told where the upload is.
    func aBrokenStreamLeavesNothing() async throws {
        for size in [0, 10, 9 << 20] {
            let place = try place("broken/\(size)")
            let writer = try await sink.resume(place, hash: nil)
            try await writer.write(ByteBuffer(repeating: 7, count: size))
            await writer.close()
            try await sink.discard(place)
        }
        #expect(try await keys("broken/") == [])
        #expect(try await store.multiparts(prefix: "broken/") == [])
    }

    func parallelWritesOfOneKeyLeaveOneWhole() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for value in UInt8(0)..<6 {
                group.addTask { try await put("race/a", [UInt8](repeating: value, count: 9 << 20)) }
            }
            try await group.waitForAll()
        }
        let bytes = try await get("race/a")
        #expect(bytes.count == 9 << 20 && Set(bytes).count == 1)
    }

    func bytesInMemoryBecomeAnObject() async throws {
        for bytes in [[], Array("hello".utf8)] {
            try await store.put(ObjectKey("memory/a"), bytes: ByteBuffer(bytes: bytes))
            #expect(try await get("memory/a") == bytes)
        }
    }
}
