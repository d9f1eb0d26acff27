import Domain
import FFmpeg

/// Picks the cover among pictures that pass by in the order of their times.
final class CoverSelector {
    private let choice: CoverChoice
    private let interval: Double
    private var nextTime: Double
    private var best: Frame?
    private let look = PictureFilter { PictureFilters.look($0) }
    /// When the best picture is shown, in seconds, and what it is worth; `nil` before the first.
    private(set) var bestTime: Double?
    private(set) var bestScore = PictureScore(rgb: [], width: 0)

    /// `candidates` pictures, spread over `durationSeconds`, are compared.
    init(choice: CoverChoice, candidates: Int, durationSeconds: Double) {
        self.choice = choice
        interval = max(durationSeconds, 0.001) / Double(candidates)
        nextTime = interval / 2
    }

    /// Looks at a picture; answers whether it is the best so far.
    func consider(_ frame: borrowing Frame, at seconds: Double) throws -> Bool {
        guard case .at(let wanted) = choice else { return try compare(frame, at: seconds) }
        // What is shown at a time is the last picture that starts until then.
        guard bestTime == nil || seconds <= wanted else { return false }
        best = try frame.clone()
        bestTime = seconds
        return true
    }

    /// Scores a picture if it is the next candidate; also the very first, in case there is no other.
    private func compare(_ frame: borrowing Frame, at seconds: Double) throws -> Bool {
        guard seconds >= nextTime || best == nil else { return false }
        while nextTime <= seconds { nextTime += interval }
        var score = bestScore
        try look.process(frame) { score = PictureScore(rgb: $0.copyFirstPlane(bytesPerPixel: 3), width: $0.width) }
        guard bestTime == nil || score.value > bestScore.value else { return false }
        best = try frame.clone()
        (bestTime, bestScore) = (seconds, score)
        return true
    }

    /// Hands out the best picture, once.
    func takeBest() throws -> Frame {
        guard let frame = best.take() else { throw SourceFailure.damaged }
        return frame
    }
}
