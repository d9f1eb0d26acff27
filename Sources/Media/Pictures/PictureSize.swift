import Domain

/// A size in pixels.
struct PictureSize: Sendable, Equatable {
    var width: Int
    var height: Int

    var shortSide: Int { min(width, height) }

    /// The size at which the shorter side is at most `shortSide`, with even sides as 4:2:0 needs them.
    func fitting(shortSide limit: Int) -> PictureSize { scaled(to: min(limit, shortSide), of: shortSide) }

    /// The size at which the longer side is at most `longSide`.
    func fitting(longSide limit: Int) -> PictureSize {
        let longSide = max(width, height)
        return scaled(to: min(limit, longSide), of: longSide)
    }

    private func scaled(to target: Int, of side: Int) -> PictureSize {
        let scale = Double(max(2, target & ~1)) / Double(max(1, side))
        func even(_ side: Int) -> Int {
            max(2, min(Int(saturating: min(Double(side) * scale / 2, 1e9).rounded()) * 2, max(2, side & ~1)))
        }
        return PictureSize(width: even(width), height: even(height))
    }
}
