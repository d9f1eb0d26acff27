import CFFmpeg

/// A fraction, as FFmpeg writes time bases, frame rates and aspect ratios.
public struct Rational: Codable, Sendable, Hashable {
    public var numerator: Int
    public var denominator: Int

    public init(_ numerator: Int, _ denominator: Int) {
        self.numerator = numerator
        self.denominator = denominator
    }

    init(_ value: AVRational) { self.init(Int(value.num), Int(value.den)) }

    var value: AVRational { AVRational(num: Int32(clamping: numerator), den: Int32(clamping: denominator)) }

    /// The fraction as a number; 0 when it is not one (`0/0` is how FFmpeg says "unknown").
    public var doubleValue: Double { denominator == 0 ? 0 : Double(numerator) / Double(denominator) }
}

extension Rational: CustomStringConvertible {
    public var description: String { "\(numerator)/\(denominator)" }
}

extension Rational {
    /// Converts seconds to units of this time base.
    ///
    /// What is far beyond any recording ends where sums do not overflow yet; what is no number is 0.
    public func units(seconds: Double) -> Int64 {
        let units = (seconds * Double(denominator) / Double(numerator)).rounded()
        let limit = Double(1 << 61)
        return units.isNaN ? 0 : Int64(min(max(units, -limit), limit))
    }
}
