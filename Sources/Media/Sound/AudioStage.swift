import FFmpeg

/// The sound's thread: looks at all of it, and then copies or encodes it, once for all renditions.
///
/// While it looks, its queue of packets fills, and the pictures go ahead by as much.
struct AudioStage {
    /// Where the sound is read beforehand.
    let path: String
    let track: SoundTrack
    let pipeline: PipelineDefinition
    let cancellation: Cancellation
    let timeline: Timeline
    let input: BoundedQueue<Packet>
    let output: BoundedQueue<EncodedUnit>

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
