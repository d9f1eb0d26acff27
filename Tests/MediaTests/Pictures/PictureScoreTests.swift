import Testing

@testable import Media

@Suite struct PictureScoreTests {
    let width = 64

    func score(_ color: (_ x: Int, _ y: Int) -> [Int]) -> PictureScore {
        let pixels = (0..<width * 36).flatMap { color($0 % width, $0 / width) }
        return PictureScore(rgb: pixels.map { UInt8(clamping: $0) }, width: width)
    }

    func grey(_ tone: (_ x: Int, _ y: Int) -> Int) -> PictureScore {
        score { [Int](repeating: tone($0, $1), count: 3) }
    }

    /// A board of squares of four colours, with a gradient over it.
    func board(saturation: Int) -> PictureScore {
        score { x, y in
            let tone = 70 + (x / 4 + y / 4) % 2 * 90 + x / 2
            let shift = (x / 8 % 2 == 0 ? saturation : -saturation)
            return [tone + shift, tone, tone - shift]
        }
    }

    @Test func blackWhiteAndFlatPicturesAreWorthNothing() {
        #expect(grey { _, _ in 0 }.value == 0)
        #expect(grey { _, _ in 255 }.value == 0)
        #expect(grey { _, _ in 128 }.value == 0)
        #expect(score { _, _ in [180, 60, 20] }.value == 0)
    }

    @Test func sharpBeatsBlurred() {
        let sharp = grey { x, y in (x / 4 + y / 4) % 2 * 120 + x }
        let blurred = grey { x, _ in 60 + x * 2 }
        #expect(sharp.sharpness > blurred.sharpness)
        #expect(sharp.value > blurred.value * 1.5)
    }

    @Test func contrastBeatsFog() {
        let clear = grey { x, y in 40 + (x * 7 + y * 13) % 160 }
        let fog = grey { x, y in 110 + (x * 7 + y * 13) % 160 / 8 }
        #expect(clear.contrast > fog.contrast * 5)
        #expect(clear.value > fog.value)
    }

    @Test func colorBeatsGrey() {
        #expect(board(saturation: 0).colorfulness == 0)
        #expect(board(saturation: 60).colorfulness > 45)
        #expect(board(saturation: 60).value > board(saturation: 0).value * 1.1)
    }

    @Test func nearlyBlackAndNearlyWhiteLoseToOrdinary() {
        let ordinary = grey { x, y in 60 + (x * 7 + y * 13) % 24 }
        #expect(grey { x, y in (x * 7 + y * 13) % 24 }.value < ordinary.value / 5)
        #expect(grey { x, y in 232 + (x * 7 + y * 13) % 24 }.value < ordinary.value / 5)
    }

    @Test func textOnBlackLosesToOrdinary() {
        let text = grey { x, y in x % 12 == 0 && y % 3 > 0 ? 230 : 0 }
        #expect(text.sharpness > 2000)
        #expect(text.value < board(saturation: 20).value / 5)
    }

    @Test func tinyPictureHasAScore() {
        #expect(PictureScore(rgb: [200, 200, 200, 20, 20, 20], width: 2).entropy == 1)
        #expect(PictureScore(rgb: [], width: 0).value == 0)
    }
}
