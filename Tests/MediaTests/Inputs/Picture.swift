import Foundation

/// One decoded 4:2:0 picture.
struct Picture {
    /// Code values of one place: luma, and the two colour differences.
    struct Color: Equatable, CustomStringConvertible {
        var y: Double
        var u: Double
        var v: Double

        var description: String { "(\(y.rounded()) \(u.rounded()) \(v.rounded()))" }

        func isNear(_ other: Color, within tolerance: Double) -> Bool {
            abs(y - other.y) <= tolerance && abs(u - other.u) <= tolerance && abs(v - other.v) <= tolerance
        }
    }

    /// The weights of red and blue in luma; H.273 calls them KR and KB.
    enum Matrix {
        case bt601, bt709

        fileprivate var weights: (red: Double, blue: Double) {
            switch self {
            case .bt601: (0.299, 0.114)
            case .bt709: (0.2126, 0.0722)
            }
        }
    }

    let width: Int
    let height: Int
    private let bytes: [UInt8]

    init(width: Int, height: Int, bytes: [UInt8]) throws {
        let size = width * height + (width + 1) / 2 * ((height + 1) / 2) * 2
        guard bytes.count >= size else { throw Command.Failure(description: "\(bytes.count) bytes are no picture") }
        (self.width, self.height, self.bytes) = (width, height, bytes)
    }

    /// The mean of a few samples around a place, given in parts of the width and of the height.
    func color(_ x: Double, _ y: Double) -> Color {
        let chromaWidth = (width + 1) / 2
        let chromaStart = width * height
        let chromaSize = chromaWidth * ((height + 1) / 2)
        func mean(_ start: Int, _ width: Int, _ height: Int) -> Double {
            let column = min(max(2, Int(x * Double(width))), width - 3)
            let row = min(max(2, Int(y * Double(height))), height - 3)
            let samples = (-2...2).flatMap { dy in
                (-2...2).map { dx in Double(bytes[start + (row + dy) * width + column + dx]) }
            }
            return samples.reduce(0, +) / Double(samples.count)
        }
        return Color(
            y: mean(0, width, height),
            u: mean(chromaStart, chromaWidth, chromaSize / chromaWidth),
            v: mean(chromaStart + chromaSize, chromaWidth, chromaSize / chromaWidth)
        )
    }

    /// Luma of one sample.
    func luma(column: Int, row: Int) -> Int { Int(bytes[row * width + column]) }
}

extension Picture.Color {
    /// What red, green and blue, each from 0 to 1, are in 8-bit limited range.
    init(_ red: Double, _ green: Double, _ blue: Double, _ matrix: Picture.Matrix = .bt709) {
        let (kr, kb) = matrix.weights
        let luma = kr * red + (1 - kr - kb) * green + kb * blue
        y = 16 + 219 * luma
        u = 128 + 224 * (blue - luma) / (2 * (1 - kb))
        v = 128 + 224 * (red - luma) / (2 * (1 - kr))
    }
}
