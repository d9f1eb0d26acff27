import NIOCore
import ObjectStorage
import Testing

/// Objects of a length that is not known before.
extension ObjectStoreConformance {
    static let writeChecks = [
        ConformanceCheck("a stream becomes an object") { try await $0.aStreamBecomesAnObject() },
        ConformanceCheck("nothing is visible before finish") { try await $0.nothingIsVisibleBeforeFinish() },
        ConformanceCheck("abort leaves nothing") { try await $0.abortLeavesNothing() },
        ConformanceCheck("parallel writes of one key leave one whole") {
            try await $0.parallelWritesOfOneKeyLeaveOneWhole()
        },
        ConformanceCheck("bytes in memory become an object") { try await $0.bytesInMemoryBecomeAnObject() },
    ]

    /// Sizes around those of blocks and parts, in pieces of uneven sizes.
    func aStreamBecomesAnObject() async throws {
        for size in [0, 1, 1 << 20, 8 << 20, (8 << 20) + 1, (17 << 20) + 5] {
            let bytes = Self.bytes(size, seed: size)
            let writer = try await store.beginWrite(ObjectKey("stream/\(size)"))
            var rest = ByteBuffer(bytes: bytes)
            var step = 1
            while rest.readableBytes > 0 {
                try await writer.write(rest.readSlice(length: min(rest.readableBytes, step)) ?? rest)
                step = step * 2 % 3_000_017
            }
            #expect(writer.sizeBytes == Int64(size))
            let receipt = try await writer.finish()
            #expect(receipt == ObjectReceipt(sizeBytes: Int64(size), sha256: Self.sha256(bytes)))
            #expect(try await Self.sha256(get("stream/\(size)")) == receipt.sha256, "\(size) bytes")
        }
    }

    func nothingIsVisibleBeforeFinish() async throws {
        try await put("unfinished/a", Array("old".utf8))
        let writer = try await store.beginWrite(ObjectKey("unfinished/a"))
        try await writer.write(ByteBuffer(bytes: Self.bytes(9 << 20)))
        #expect(try await get("unfinished/a") == Array("old".utf8))
        _ = try await writer.finish()
        #expect(try await store.head(ObjectKey("unfinished/a"))?.sizeBytes == 9 << 20)
    }

    func abortLeavesNothing() async throws {
        for size in [0, 10, 9 << 20] {
            let writer = try await store.beginWrite(ObjectKey("aborted/\(size)"))
            try await writer.write(ByteBuffer(repeating: 7, count: size))
            await writer.abort()
        }
        #expect(try await keys("aborted/") == [])
        #expect(try await store.multiparts(prefix: "aborted/") == [])
    }

    func parallelWritesOfOneKeyLeaveOneWhole() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for value in UInt8(0)..<6 {
                group.addTask {
                    let writer = try await store.beginWrite(ObjectKey("race/a"))
                    for _ in 0..<9 { try await writer.write(ByteBuffer(repeating: value, count: 1 << 20)) }
                    _ = try await writer.finish()
                }
            }
            try await group.waitForAll()
        }
        let bytes = try await get("race/a")
        #expect(bytes.count == 9 << 20 && Set(bytes).count == 1)
    }

    func bytesInMemoryBecomeAnObject() async throws {
        let receipt = try await store.put(ObjectKey("memory/a"), bytes: ByteBuffer(string: "hello"))
        #expect(receipt == ObjectReceipt(sizeBytes: 5, sha256: Self.sha256(Array("hello".utf8))))
        #expect(try await get("memory/a") == Array("hello".utf8))
    }
}
