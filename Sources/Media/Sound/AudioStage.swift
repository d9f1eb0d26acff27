import FFmpeg

/// The sound's thread: looks at all of it, and then copies or encodes it, once for all renditions.
///
/// While it looks, its queue of packets fills, and the pictures go ahead by as much.
struct AudioStage: Sendable {
    /// Where the sound is read beforehand.
    private let path: String
    private let track: SoundTrack
    private let pipeline: PipelineDefinition
    private let cancellation: Cancellation
    private let timeline: Timeline
    private let input: BoundedQueue<Packet>
    private let output: BoundedQueue<EncodedUnit>

    init(
        _ track: SoundTrack,
        of source: SourceFile,
        _ pipeline: PipelineDefinition,
        _ timeline: Timeline,
        _ cancellation: Cancellation,
        from input: BoundedQueue<Packet>,
        to output: BoundedQueue<EncodedUnit>
    ) {
        path = source.demuxer.path
        (self.track, self.pipeline, self.timeline, self.cancellation) = (track, pipeline, timeline, cancellation)
        (self.input, self.output) = (input, output)
    }

    /// Works until the input ends.
    func run() throws {
        let settings = pipeline.audio
        let survey = SoundSurvey(path: path, limits: pipeline.limits, sampleRate: settings.sampleRate) {
            if cancellation.isCancelled { throw MediaError(.cancelled, "The work was cancelled.") }
            try input.throwIfCancelled()
        }
        switch try SoundTreatment(of: track, settings, survey) {
        case .copy(let run):
            try SoundCopy(track: track, run: run, timeline: timeline, output: output).run(input)
        case .encode(let leveling):
            try SoundEncoding(track, leveling, settings: settings, timeline: timeline, output: output).run(input)
        }
        try output.push(.audioEnd)
    }
}
