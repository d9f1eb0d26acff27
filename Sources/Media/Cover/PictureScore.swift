import Foundation

/// How much there is to see in a small grey picture.
struct PictureScore: Sendable, Equatable {
    /// Mean of luma, 0 to 255.
    var brightness: Double
    /// Bits per pixel of the histogram: 0 for one flat tone, 8 for all tones alike.
    var entropy: Double
    /// Variance of the Laplacian: low when blurred.
    var sharpness: Double

    /// Larger is better.
    ///
    /// Nearly black and nearly white pictures are worth a tenth.
    var value: Double {
        let isTooDarkOrBright = brightness < 24 || brightness > 235
        return entropy * (1 + min(sharpness, 400) / 400) * (isTooDarkOrBright ? 0.1 : 1)
    }

    /// `pixels` is luma, row after row.
    init(pixels: [UInt8], width: Int) {
        var histogram = [Int](repeating: 0, count: 256)
        for pixel in pixels { histogram[Int(pixel)] += 1 }
        let count = Double(max(1, pixels.count))
        brightness = histogram.enumerated().reduce(0) { $0 + Double($1.offset * $1.element) } / count
        entropy = histogram.reduce(0) { sum, frequency in
            let share = Double(frequency) / count
            return share > 0 ? sum - share * log2(share) : sum
        }
        sharpness = Self.laplacianVariance(pixels, width)
    }

    private static func laplacianVariance(_ pixels: [UInt8], _ width: Int) -> Double {
        let height = width > 0 ? pixels.count / width : 0
        guard width > 2, height > 2 else { return 0 }
        var sum = 0
        var squares = 0
        for row in 1..<height - 1 {
            for index in row * width + 1..<(row + 1) * width - 1 {
                let around =
                    Int(pixels[index - 1]) + Int(pixels[index + 1]) + Int(pixels[index - width])
                    + Int(pixels[index + width])
                let value = 4 * Int(pixels[index]) - around
                sum += value
                squares += value * value
            }
        }
        let count = Double((width - 2) * (height - 2))
        let mean = Double(sum) / count
        return Double(squares) / count - mean * mean
    }
}
