import Testing

@testable import Media

@Suite struct PictureScoreTests {
    let width = 64

    func score(_ pixel: (_ x: Int, _ y: Int) -> Int) -> PictureScore {
        let pixels = (0..<width * 36).map { UInt8(clamping: pixel($0 % width, $0 / width)) }
        return PictureScore(pixels: pixels, width: width)
    }

    @Test func blackAndFlatPicturesAreWorthNothing() {
        #expect(score { _, _ in 0 }.value == 0)
        #expect(score { _, _ in 128 }.value == 0)
    }

    @Test func sharpBeatsBlurred() {
        let sharp = score { x, y in (x / 4 + y / 4) % 2 * 120 + x }
        let blurred = score { x, _ in 60 + x }
        #expect(sharp.sharpness > blurred.sharpness)
        #expect(sharp.value > blurred.value)
    }

    @Test func nearlyBlackLosesToOrdinary() {
        let dark = score { x, y in (x * 7 + y * 13) % 24 }
        let ordinary = score { x, y in 60 + (x * 7 + y * 13) % 24 }
        #expect(dark.value < ordinary.value / 5)
    }

    @Test func tinyPictureHasAScore() {
        #expect(PictureScore(pixels: [200, 20], width: 2).entropy == 1)
        #expect(PictureScore(pixels: [], width: 0).value == 0)
    }
}
