import Domain
import FFmpeg
import Foundation

/// A picture in about 25 bytes, to be shown, blurred, until the real one is there.
///
/// Evan Wallace's algorithm, https://evanw.github.io/thumbhash/, in its form for pictures without transparency:
/// brightness and two differences of colour, each as the first few factors of a cosine transform.
struct ThumbHash: Sendable, Equatable {
    let bytes: [UInt8]

    var base64: String { Data(bytes).base64EncodedString() }

    /// `rgb` is red, green and blue of each pixel, row after row; both sides have at most 100 pixels.
    init(rgb: [UInt8], width: Int) {
        let height = rgb.count / 3 / width
        let longSide = Double(max(width, height))
        // How many factors across and down; the shorter side gets fewer.
        let across = max(1, Int(saturating: (7 * Double(width) / longSide).rounded()))
        let down = max(1, Int(saturating: (7 * Double(height) / longSide).rounded()))
        var planes: [[Double]] = [[], [], []]
        for start in stride(from: 0, to: width * height * 3, by: 3) {
            let color = rgb[start..<start + 3].map { Double($0) / 255 }
            planes[0].append((color[0] + color[1] + color[2]) / 3)
            planes[1].append((color[0] + color[1]) / 2 - color[2])
            planes[2].append(color[0] - color[1])
        }
        let luma = Channel(planes[0], width, across: max(3, across), down: max(3, down))
        let yellowBlue = Channel(planes[1], width, across: 3, down: 3)
        let redGreen = Channel(planes[2], width, across: 3, down: 3)
        let isLandscape = width > height
        let constants =
            Self.bits(63 * luma.mean, 0) | Self.bits(31.5 + 31.5 * yellowBlue.mean, 6)
            | Self.bits(31.5 + 31.5 * redGreen.mean, 12) | Self.bits(31 * luma.scale, 18)
        let shape =
            (isLandscape ? down : across) | Self.bits(63 * yellowBlue.scale, 3) | Self.bits(63 * redGreen.scale, 9)
            | (isLandscape ? 1 << 15 : 0)
        bytes =
            [constants, constants >> 8, constants >> 16, shape, shape >> 8].map { UInt8($0 & 255) }
            + Self.pairs(luma.factors + yellowBlue.factors + redGreen.factors)
    }

    private static func bits(_ value: Double, _ shift: Int) -> Int { Int(saturating: value.rounded()) << shift }

    /// Factors from 0 to 1 as four bits each, two in a byte, the first in the lower half.
    private static func pairs(_ factors: [Double]) -> [UInt8] {
        let values = factors.map { UInt8(saturating: (15 * $0).rounded()) }
        return stride(from: 0, to: values.count, by: 2).map { index in
            values[index] | (index + 1 < values.count ? values[index + 1] << 4 : 0)
        }
    }
}

/// One plane of a picture after its cosine transform.
private struct Channel {
    /// The constant factor.
    var mean = 0.0
    /// The largest of the varying factors.
    var scale = 0.0
    /// The varying factors, from 0 to 1, row by row of a triangle: higher frequencies are left out.
    var factors: [Double] = []

    init(_ plane: [Double], _ width: Int, across: Int, down: Int) {
        let height = plane.count / width
        for row in 0..<down {
            for column in 0..<across where column * down < across * (down - row) {
                let x = (0..<width).map { cos(Double.pi / Double(width) * Double(column) * (Double($0) + 0.5)) }
                let y = (0..<height).map { cos(Double.pi / Double(height) * Double(row) * (Double($0) + 0.5)) }
                var sum = 0.0
                for index in plane.indices { sum += plane[index] * x[index % width] * y[index / width] }
                let factor = sum / Double(plane.count)
                if row == 0, column == 0 { mean = factor } else { factors.append(factor) }
            }
        }
        scale = factors.map(abs).max() ?? 0
        if scale > 0 { factors = factors.map { 0.5 + 0.5 / scale * $0 } }
    }
}

extension ThumbHash {
    /// The hash of a JPEG, PNG or WebP file that this program made.
    init(imageFile bytes: [UInt8]) throws {
        let format = StillImageDecoder.Format(bytes) ?? .jpeg
        let picture = try StillImageDecoder.decode(bytes, as: format, maxPixels: 1 << 27)
        let small = try picture.filtered { PictureFilters.look($0, longSide: 100) }
        self.init(rgb: small.copyFirstPlane(bytesPerPixel: 3), width: small.width)
    }
}
