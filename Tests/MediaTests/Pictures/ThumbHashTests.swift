import Foundation
import Testing

@testable import Media

/// Expected values are what the author's own program, `rgbaToThumbHash` in JavaScript, makes of the same pixels.
@Suite struct ThumbHashTests {
    func hash(_ width: Int, _ height: Int, _ color: (_ x: Int, _ y: Int) -> [Int]) -> String {
        let pixels = (0..<width * height).flatMap { color($0 % width, $0 / width) }
        return ThumbHash(rgb: pixels.map { UInt8(clamping: $0) }, width: width).base64
    }

    func gradient(_ width: Int, _ height: Int) -> String {
        hash(width, height) { x, y in [255 * x / (width - 1), 255 * y / (height - 1), x * y * 7 % 256] }
    }

    func rings(_ width: Int, _ height: Int) -> String {
        hash(width, height) { x, y in
            let (dx, dy) = (2 * x - width + 13, 2 * y - height - 9)
            let distance = dx * dx + dy * dy
            return [200 - distance / 90, distance / 500 % 2 * 120 + 40, 30 + x * 150 / width]
        }
    }

    @Test func landscapeIsAsTheReferenceSays() {
        #expect(gradient(100, 56) == "H/gJNJpwd3eAeHd3d3aAcAj4dw==")
        #expect(gradient(100, 20) == "H/gJMZqBd3dwd3d4cIEK+Hc=")
    }

    @Test func portraitIsAsTheReferenceSays() {
        #expect(rings(56, 100) == "nWgGRAxgV3gXeHdYh3h/hqVVBw==")
    }

    @Test func squareIsAsTheReferenceSays() {
        #expect(rings(64, 64) == "3ogGRwZQd3Z2d4iFd3iHaIeI93d3DYMA")
    }

    @Test func flatPictureKeepsItsColor() throws {
        // What varies is noise of the arithmetic, whose scale, the upper bits of the first bytes, is 0.
        let bytes = try #require(Data(base64Encoded: hash(16, 9) { _, _ in [180, 90, 30] }))
        #expect(bytes.prefix(5).elementsEqual([0x19, 0xbb, 0x02, 0x04, 0x80]))
    }
}
