import Foundation

/// How much there is to see in a small picture.
struct PictureScore: Sendable, Equatable {
    /// Mean of luma, 0 to 255.
    var brightness = 0.0
    /// Standard deviation of luma.
    var contrast = 0.0
    /// Bits per pixel of luma's histogram: 0 for one flat tone, 8 for all tones alike.
    var entropy = 0.0
    /// Variance of luma's Laplacian: low when blurred.
    var sharpness = 0.0
    /// Hasler and Süsstrunk's measure: 0 for grey, 15 slightly, 45 quite, over 80 extremely colourful.
    var colorfulness = 0.0
    /// The share of pixels that are nearly black or nearly white.
    var clipped = 0.0

    /// From 0, nothing to see, to 1.
    ///
    /// Each measure is scaled so that an ordinary sharp photograph comes near 1; of what is black, white or one tone
    /// nothing remains, however sharp the rest.
    var value: Double {
        let details = min(1, log1p(sharpness) / log1p(2500))
        let liveliness = 0.5 * details + 0.25 * min(1, contrast / 64) + 0.25 * min(1, colorfulness / 60)
        return liveliness * min(1, entropy / 7) * (1 - clipped) * exposure
    }

    /// 1 for middle tones, 0.1 where nearly everything is dark or bright.
    private var exposure: Double {
        let distance = min(brightness - 16, 250 - brightness)
        return min(1, max(0.1, distance / 48))
    }

    /// `pixels` is red, green and blue of each pixel, row after row.
    init(rgb pixels: [UInt8], width: Int) {
        let count = pixels.count / 3
        guard width > 0, count > 0 else { return }
        let luma = (0..<count).map { (index: Int) -> Int in
            // BT.601's weights in 256ths.
            let weighted = (
                77 * Int(pixels[3 * index]), 150 * Int(pixels[3 * index + 1]), 29 * Int(pixels[3 * index + 2])
            )
            return (weighted.0 + weighted.1 + weighted.2) >> 8
        }
        measureTones(luma)
        sharpness = Self.laplacianVariance(luma, width)
        colorfulness = Self.colorfulness(pixels, count)
    }

    private mutating func measureTones(_ luma: [Int]) {
        var histogram = [Int](repeating: 0, count: 256)
        for value in luma { histogram[value] += 1 }
        let count = Double(luma.count)
        var moments = Moments()
        for value in luma { moments.add(Double(value)) }
        (brightness, contrast) = (moments.mean, moments.deviation)
        clipped = Double(histogram[..<14].reduce(0, +) + histogram[243...].reduce(0, +)) / count
        entropy = histogram.reduce(0) { sum, frequency in
            let share = Double(frequency) / count
            return share > 0 ? sum - share * log2(share) : sum
        }
    }

    private static func laplacianVariance(_ luma: [Int], _ width: Int) -> Double {
        let height = luma.count / width
        guard width > 2, height > 2 else { return 0 }
        var moments = Moments()
        for row in 1..<height - 1 {
            for index in row * width + 1..<(row + 1) * width - 1 {
                let around = luma[index - 1] + luma[index + 1] + luma[index - width] + luma[index + width]
                moments.add(Double(4 * luma[index] - around))
            }
        }
        return moments.deviation * moments.deviation
    }

    /// Hasler and Süsstrunk, "Measuring colourfulness in natural images", 2003.
    private static func colorfulness(_ pixels: [UInt8], _ count: Int) -> Double {
        var redGreen = Moments()
        var yellowBlue = Moments()
        for index in 0..<count {
            let (red, green, blue) = (
                Double(pixels[3 * index]), Double(pixels[3 * index + 1]), Double(pixels[3 * index + 2])
            )
            redGreen.add(red - green)
            yellowBlue.add((red + green) / 2 - blue)
        }
        return hypot(redGreen.deviation, yellowBlue.deviation) + 0.3 * hypot(redGreen.mean, yellowBlue.mean)
    }
}

/// Mean and standard deviation of what is added.
private struct Moments {
    private var count = 0.0
    private var sum = 0.0
    private var squares = 0.0

    mutating func add(_ value: Double) {
        count += 1
        sum += value
        squares += value * value
    }

    var mean: Double { count > 0 ? sum / count : 0 }
    var deviation: Double { count > 0 ? max(0, squares / count - mean * mean).squareRoot() : 0 }
}
