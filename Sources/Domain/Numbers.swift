/// Numbers that come from outside: conversions and sums that end at a limit instead of ending the process.
extension FixedWidthInteger {
    /// Cuts the fraction off; beyond the type's range, the end of the range; 0 for NaN.
    public init(saturating value: Double) {
        if let exact = Self(exactly: value.rounded(.towardZero)) {
            self = exact
        } else {
            self = value > 0 ? .max : value < 0 ? .min : 0
        }
    }

    /// The sum, or the end of the range that it lies beyond.
    public func addingClamped(_ other: Self) -> Self {
        let (sum, overflows) = addingReportingOverflow(other)
        guard overflows else { return sum }
        return other < 0 ? .min : .max
    }
}
