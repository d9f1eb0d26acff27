/// What is done to a source's sound.
enum SoundTreatment: Sendable, Equatable {
    /// Its packets are copied as they are.
    case copy(AACRun)
    case encode(Leveling)

    /// Looks at the sound as far as the definition makes that necessary.
    init(of track: SoundTrack, _ settings: PipelineDefinition.Audio, _ survey: SoundSurvey) throws {
        let measures = settings.normalizesLoudness
        let mayCopy = settings.passthrough && AACRun(of: track) != nil
        self = .encode(.none)
        guard measures || mayCopy else { return }
        let findings = try survey.findings(after: measures ? Leveling.none : nil)
        let isLoudEnough = findings.loudness?.fits(settings) ?? true
        if mayCopy, isLoudEnough, let run = findings.run,
            run.isCopyable(settings, picturesEnd: track.statedPicturesEnd)
        {
            self = .copy(run)
        } else if let loudness = findings.loudness {
            self = .encode(try Self.leveling(for: loudness, settings, survey))
        }
    }

    /// What the limiter takes away is not known before it is measured; twice is enough.
    private static func leveling(
        for loudness: Loudness,
        _ settings: PipelineDefinition.Audio,
        _ survey: SoundSurvey
    ) throws -> Leveling {
        var leveling = Leveling(for: loudness, settings)
        for _ in 1...2 where leveling.ceiling != nil {
            guard let leveled = try survey.findings(after: leveling).loudness,
                let corrected = leveling.corrected(for: leveled, settings)
            else { break }
            leveling = corrected
        }
        return leveling
    }
}
