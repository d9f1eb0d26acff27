import Testing

@testable import FFmpeg

@Suite struct DisplayOrientationTests {
    /// The smallest number has no opposite, and a mirrored picture is turned round.
    @Test func extremeMatricesAreRead() {
        for (first, second) in [(Int32.min, Int32(1)), (.min, .min), (.max, .min), (0, .min)] {
            let matrices = [[first, second, 0, second, first, 0, 0, 0, 1], [first, 0, 0, 0, 1, 0, 0, 0, 1]]
            for matrix in matrices as [[Int32]] {
                #expect([0, 90, 180, 270].contains(displayOrientation(matrix).degrees))
            }
        }
    }

    @Test func usualMatricesAreRead() {
        let one: Int32 = 1 << 16
        let mirrored = displayOrientation([-one, 0, 0, 0, one, 0, 0, 0, 1 << 30])
        #expect(mirrored.degrees == 0 && mirrored.isMirrored)
        let turned = displayOrientation([0, one, 0, -one, 0, 0, 0, 0, 1 << 30])
        #expect(turned.degrees == 90 && !turned.isMirrored)
    }
}
