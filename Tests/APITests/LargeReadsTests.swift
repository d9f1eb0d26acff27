import Testing

@testable import API

@Suite struct LargeReadsTests {
    @Test func oneBodyIsReadInLargePiecesAndManyShareTheSameMemory() {
        #expect([0, 1, 3].allSatisfy { SharedPieces.limit(of: $0) == 512 << 10 })
        for count in 1...100 {
            let held = SharedPieces.limit(of: count) * SharedPieces.piecesPerConnection * count
            #expect(held <= SharedPieces.budgetBytes)
        }
        #expect(SharedPieces.limit(of: 1000) == 16 << 10)
    }
}
