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
        guard let winner = try winner() else { throw SourceFailure.damaged }
        let picture =
            try winner.isKeyframe ? fetcher.keyframe(at: winner.wanted) : fetcher.picture(at: winner.wanted)
        guard let picture else { throw SourceFailure.damaged }
        return Found(picture: try upright(picture.frame), seconds: picture.seconds, score: winner.score)
    }

    /// The picture that is shown at a time.
    func picture(at seconds: Double) throws -> Found {
        let picture = try fetcher.picture(at: seconds)
        return Found(picture: try upright(picture.frame), seconds: picture.seconds, score: try score(picture.frame))
    }

    private struct Candidate {
        /// The time that was asked for.
        var wanted: Double
        var isKeyframe: Bool
        /// When its picture is shown.
        var seconds: Double
        var score: PictureScore
    }

    private func winner() throws -> Candidate? {
        // What is looked at has a hundredth of the pixels.
        fetcher.deblocking = .none
        defer { fetcher.deblocking = .all }
        var candidates = try promisingTimes().compactMap { try keyframe(at: $0) }
        // Where keyframes are rare, pictures soon after them are tried as well.
        if Set(candidates.map(\.seconds)).count < 3 {
            candidates += try picturesAfter(candidates.isEmpty ? [0] : Set(candidates.map(\.seconds)).sorted())
        }
        // The first one, where several are equal.
        return candidates.reduce(nil) { best, next in
            best.map { next.score.value > $0.score.value } == false ? best : next
        }
    }

    /// The times of candidates, spread over the whole; where the container's index has their sizes, those of the larger half.
    ///
    /// A keyframe that took few bits for its picture shows little: it is dark, flat or out of focus.
    private func promisingTimes() -> [Double] {
        let times = (0..<settings.candidates).map {
            (Double($0) + 0.5) * durationSeconds / Double(settings.candidates)
        }
        var known: [IndexedPacket: Double] = [:]
        for time in times {
            guard let keyframe = fetcher.indexedKeyframe(at: time), keyframe.sizeBytes > 0 else { return times }
            known[keyframe] = known[keyframe] ?? time
        }
        let largest = known.sorted { ($0.key.sizeBytes, $1.value) > ($1.key.sizeBytes, $0.value) }
        return largest.prefix(max(3, (settings.candidates + 1) / 2)).map(\.value).sorted()
    }

    private func keyframe(at time: Double) throws -> Candidate? {
        guard let picture = try fetcher.keyframe(at: time) else { return nil }
        return Candidate(wanted: time, isKeyframe: true, seconds: picture.seconds, score: try score(picture.frame))
    }

    private func picturesAfter(_ starts: [Double]) throws -> [Candidate] {
        let times = starts.flatMap { start in
            [0.0, 1, 2, 4].map { start + $0 }.filter { $0 < durationSeconds || $0 == start }
        }
        return try times.map { time in
            let picture = try fetcher.picture(at: time)
            return Candidate(wanted: time, isKeyframe: false, seconds: picture.seconds, score: try score(picture.frame))
        }
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
