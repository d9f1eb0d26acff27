import Testing

@testable import ObjectStorage

@Suite struct UploadMemoryTests {
    @Test func aFewUploadsHaveLargeBlocksAndManyShareTheSameMemory() {
        #expect([0, 1, 5].allSatisfy { UploadMemory.blockBytes(of: $0) == 1 << 20 })
        #expect(UploadMemory.blockBytes(of: 6) == 512 << 10)
        #expect(UploadMemory.blockBytes(of: 40) == 128 << 10)
        #expect(UploadMemory.blockBytes(of: 10_000) == 64 << 10)
        for count in 1...85 {
            let held = UploadMemory.blockBytes(of: count) * UploadMemory.blocksPerUpload * count
            #expect(held <= UploadMemory.budgetBytes)
        }
    }
}
