import Foundation

/// A colour as light, in cd/m² of each of BT.709's primaries: how HDR stores it, and what it is as SDR.
struct LightPatch: CustomStringConvertible {
    var red: Double
    var green: Double
    var blue: Double

    init(_ red: Double, _ green: Double, _ blue: Double) { (self.red, self.green, self.blue) = (red, green, blue) }

    var description: String { "\(red), \(green), \(blue) cd/m²" }

    /// How light becomes a signal.
    enum Transfer: String, Sendable {
        case pq = "smpte2084"
        case hlg = "arib-std-b67"
    }

    /// 10-bit samples in limited range, BT.2020 with its own matrix: luma and the two colour differences.
    func samples(_ transfer: Transfer) -> (y: Int, u: Int, v: Int) {
        // BT.2087: BT.709's primaries in those of BT.2020.
        let light = [
            0.6274 * red + 0.3293 * green + 0.0433 * blue, 0.0691 * red + 0.9195 * green + 0.0114 * blue,
            0.0164 * red + 0.0880 * green + 0.8956 * blue,
        ]
        let signal = transfer == .pq ? light.map(Self.pq) : Self.hlg(light)
        let luma = Self.luma(signal)
        return (
            Int((64 + 876 * luma).rounded()), Int((512 + 896 * (signal[2] - luma) / 1.8814).rounded()),
            Int((512 + 896 * (signal[0] - luma) / 1.4746).rounded())
        )
    }

    /// What the pipeline promises: 203 cd/m² as white, Hable's curve over the largest component up to 1000 cd/m², and
    /// then a display of BT.1886.
    var expected: Picture.Color {
        let light = [red, green, blue].map { $0 / 203 }
        let largest = max(light.max() ?? 0, 1e-6)
        let scale = Self.hable(largest) / Self.hable(4.93) / largest
        let signal = light.map { pow(min(1, $0 * scale), 1 / 2.4) }
        return Picture.Color(signal[0], signal[1], signal[2])
    }

    /// John Hable's filmic curve, "Filmic tonemapping operators", 2010.
    private static func hable(_ light: Double) -> Double {
        (light * (0.15 * light + 0.05) + 0.004) / (light * (0.15 * light + 0.5) + 0.06) - 0.02 / 0.3
    }

    /// The inverse of SMPTE ST 2084's EOTF.
    private static func pq(_ light: Double) -> Double {
        let power = pow(max(0, light) / 10_000, 2610.0 / 16_384)
        return pow((3424.0 / 4096 + 2413.0 / 128 * power) / (1 + 2392.0 / 128 * power), 2523.0 / 32)
    }

    /// BT.2100's HLG for a display of 1000 cd/m²: its OOTF undone, then its OETF.
    private static func hlg(_ light: [Double]) -> [Double] {
        let display = light.map { $0 / 1000 }
        let scene = pow(max(1e-9, luma(display)), 1 / 1.2)
        return display.map { component in
            let light = component / pow(scene, 0.2)
            if light <= 1.0 / 12 { return (3 * max(0, light)).squareRoot() }
            return 0.17883277 * log(12 * light - 0.28466892) + 0.55991073
        }
    }

    private static func luma(_ components: [Double]) -> Double {
        0.2627 * components[0] + 0.6780 * components[1] + 0.0593 * components[2]
    }
}
