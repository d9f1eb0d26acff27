import FFmpeg

/// Reads a source's sound once, and nothing else, before it is encoded.
struct SoundSurvey {
    /// What was found.
    struct Findings: Sendable, Equatable {
        /// `nil` if it was not asked for.
        var loudness: Loudness?
        /// How the packets follow each other, if they could be copied.
        var run: AACRun?
    }

    let path: String
    let limits: PipelineDefinition.Limits
    let sampleRate: Int
    /// Throws when nobody waits for the findings any more.
    let checkCancellation: () throws -> Void

    /// Measures what comes out after `leveling`; decodes only, if that is `nil`.
    func findings(after leveling: Leveling?) throws -> Findings {
        let source = try SourceFile(path: path, limits: limits)
        guard let track = try SoundTrack(of: source) else { return Findings() }
        source.demuxer.select([track.info.index])
        let mixer = try SoundMixer(track, sampleRate: sampleRate)
        let meter = try leveling.map { try LoudnessMeter($0, sampleRate: sampleRate) }
        var run = AACRun(of: track)
        while let packet = try next(of: source) {
            run?.add(packet)
            try mixer.add(packet) { try meter?.add($0) }
        }
        try mixer.finish { try meter?.add($0) }
        if mixer.brokenPackets > 0 { run = nil }
        return Findings(loudness: try meter?.finish(), run: run)
    }

    private func next(of source: SourceFile) throws -> Packet? {
        try checkCancellation()
        source.extendDeadline(to: .seconds(30))
        return try source.nextPacket()
    }
}
