import FFmpeg

/// When a source starts and ends, by what of its container can be believed.
extension SourceFile {
    /// How long the file plays as far as its headers can be believed, and its bytes are there; `nil` if they cannot.
    ///
    /// The header of an MP4 file as a whole may claim anything, and the index knows it exactly.
    var durationSeconds: Double? {
        // Each recording in the file has times of its own; a fragmented file's header knows its first fragment.
        if demuxer.clockMayRestart || isFragmented || demuxer.isDurationEstimated { return nil }
        let stated = isMovie ? statedSecondsOfStreams : demuxer.durationSeconds
        guard let stated, stated > 0 else { return nil }
        // AVI's demuxer counts what is there itself.
        return isMovie ? stated * presentShare : stated
    }

    private var isMovie: Bool { demuxer.formatName.hasPrefix("mov") }

    /// When the last of the two streams ends, by the index.
    private var statedSecondsOfStreams: Double? {
        [video, audio].compactMap { $0 }.compactMap { stream in
            let start = Double(max(0, stream.startTime ?? 0)) * stream.timeBase.doubleValue
            return stream.durationSeconds.map { believed(end: start + $0) }
        }
        .max()
    }

    /// The source's time that becomes 0.
    ///
    /// MP4's edit lists place every stream on a timeline that starts at 0,
    /// unless the file is a piece of a broadcast, in fragments. Other
    /// containers may start anywhere: there it is the first picture, unless
    /// sound starts well before it; up to a tenth of a second of that is cut.
    var originSeconds: Double {
        let start = startSeconds
        if isMovie { return isFragmented && start > 0.1 ? start : 0 }
        guard let pictures = video.startTime.map({ Double($0) * video.timeBase.doubleValue }) else { return start }
        return pictures - start > 0.1 ? start : pictures
    }

    /// When the first of the two streams starts, in the source's time.
    private var startSeconds: Double {
        let starts = [video, audio].compactMap { $0 }.compactMap { stream in
            stream.startTime.map { Double($0) * stream.timeBase.doubleValue }
        }
        return starts.min() ?? demuxer.startSeconds
    }

    /// When the container says that everything ends, counted from the origin; `nil` when it does not say.
    var statedFileEnd: Double? {
        let start = isMovie ? 0 : startSeconds
        return durationSeconds.map { start + $0 - originSeconds }
    }

    /// When the container says that a stream ends, counted from the origin; `nil` when it does not say, or is wrong.
    func statedEnd(of stream: StreamInfo) -> Double? {
        guard durationSeconds != nil, presentShare == 1, let duration = stream.durationSeconds,
            let start = stream.startTime
        else {
            return nil
        }
        return believed(end: Double(start) * stream.timeBase.doubleValue + duration) - originSeconds
    }

    /// When a stream ends by its index, or a little earlier if the file does: some count an empty edit twice.
    ///
    /// A file that claims to end much earlier is not believed.
    private func believed(end: Double) -> Double {
        guard let duration = demuxer.durationSeconds else { return end }
        let fileEnd = demuxer.startSeconds + duration
        return (end - 0.5...end).contains(fileEnd) ? fileEnd : end
    }

    /// How much must be there for the file to be whole; 0 when its headers do not say.
    var promisedSeconds: Double {
        guard durationSeconds != nil else { return 0 }
        // Other streams, subtitles for example, may last longer than what is shown and heard.
        return statedSecondsOfStreams ?? demuxer.durationSeconds ?? 0
    }

    /// Refuses a file whose index lists much more than there is.
    func refuseMissingBytes() throws {
        if presentShare < Self.leastShare { throw SourceFailure.truncated }
    }

    /// The part of what its headers promise that a file must have to become a video.
    static let leastShare = 0.95
}
