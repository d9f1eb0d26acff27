import Domain
import FFmpeg

/// Finds the cover of a source by seeking to a few keyframes, without decoding the rest.
struct CoverFinder {
    /// The cover's picture, upright and at the cover's size.
    struct Found: ~Copyable {
        let picture: Frame
        /// When it is shown, in seconds.
        let seconds: Double
        let score: PictureScore
    }

    let fetcher: PictureFetcher
    let settings: PipelineDefinition.Cover
    let durationSeconds: Double

    /// The best of the candidates.
    func best() throws -> Found {
        var contest = Contest()
        for index in 0..<settings.candidates {
            let time = (Double(index) + 0.5) * durationSeconds / Double(settings.candidates)
            guard let candidate = try fetcher.keyframe(at: time) else { continue }
            try enter(candidate, &contest)
        }
        // Where keyframes are rare, pictures soon after them are tried as well.
        if contest.times.count < 3 {
            for start in contest.times.isEmpty ? [0] : contest.times {
                for delay in [0.0, 1, 2, 4] where start + delay < durationSeconds || delay == 0 {
                    try enter(fetcher.picture(at: start + delay), &contest)
                }
            }
        }
        guard let frame = contest.best.take() else { throw SourceFailure.damaged }
        return Found(picture: try upright(frame), seconds: contest.seconds, score: contest.score)
    }

    /// The picture that is shown at a time.
    func picture(at seconds: Double) throws -> Found {
        let picture = try fetcher.picture(at: seconds)
        return Found(picture: try upright(picture.frame), seconds: picture.seconds, score: try score(picture.frame))
    }

    /// What was looked at so far.
    private struct Contest: ~Copyable {
        var times: [Double] = []
        var best: Frame?
        var seconds = 0.0
        var score = PictureScore(rgb: [], width: 0)
    }

    private func enter(_ candidate: consuming PictureFetcher.Picture, _ contest: inout Contest) throws {
        // Several times may share a keyframe.
        guard !contest.times.contains(candidate.seconds) else { return }
        let score = try score(candidate.frame)
        if contest.times.isEmpty || score.value > contest.score.value {
            contest.best = try candidate.frame.clone()
            (contest.seconds, contest.score) = (candidate.seconds, score)
        }
        contest.times.append(candidate.seconds)
    }

    /// Scaled first, so that HDR is mapped on few pixels.
    private func score(_ frame: borrowing Frame) throws -> PictureScore {
        let small = try fetcher.upright(frame, size: fetcher.size.fitting(longSide: 160))
        let look = try small.filtered { PictureFilters.look($0) }
        return PictureScore(rgb: look.copyFirstPlane(bytesPerPixel: 3), width: look.width)
    }

    private func upright(_ frame: borrowing Frame) throws -> Frame {
        try fetcher.upright(frame, size: fetcher.size.fitting(shortSide: settings.shortSide))
    }
}
