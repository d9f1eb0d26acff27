import FFmpeg

/// The sound of a source, and its place on the time line of what is made of it.
struct SoundTrack: Sendable {
    let info: StreamInfo
    let stream: StreamParameters
    /// The source's time that becomes 0.
    let originSeconds: Double
    /// When the container says that the sound ends, counted from there; `nil` when it does not say.
    let statedEnd: Double?
    /// The same for the pictures, or for everything where the container says no more.
    let statedPicturesEnd: Double?
    /// What the sound must not go beyond, in seconds; the headers were within the limit.
    let maxSeconds: Double

    /// `nil` for a source without sound.
    init?(of source: SourceFile) throws {
        guard let audio = source.audio else { return nil }
        info = audio
        stream = try source.demuxer.parameters(of: audio)
        originSeconds = source.originSeconds
        statedEnd = source.statedEnd(of: audio)
        statedPicturesEnd = source.statedEnd(of: source.video) ?? source.statedFileEnd
        maxSeconds = source.limits.maxSeconds * SourceReader.slackOfLimits
    }
}
