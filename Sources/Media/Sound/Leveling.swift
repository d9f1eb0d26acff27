/// How sound is made as loud as a pipeline asks for: by the same gain throughout, and a limiter for the peaks that
/// would become too high.
struct Leveling: Sendable, Equatable {
    /// In decibels.
    var gain: Double
    /// What the limiter lets through, in decibels below full scale; `nil` without one.
    var ceiling: Double?

    static let none = Leveling(gain: 0)

    /// Sound that needs more is hardly more than noise, which would be all that is heard.
    static let maxGain = 20.0
    /// How far AAC's errors go beyond the peaks that were encoded, in decibels.
    static let codecMargin = 1.0
    /// How far the loudness may stay from the target before another measurement is worth its time.
    static let tolerance = 0.3

    private init(gain: Double) { self.gain = gain }

    /// Silence, and what is too short to be measured, is left alone.
    init(for loudness: Loudness, _ settings: PipelineDefinition.Audio) {
        guard let integrated = loudness.integrated else {
            self = .none
            return
        }
        gain = min(settings.targetLUFS - integrated, Self.maxGain)
        let ceiling = max(settings.maxTruePeak - Self.codecMargin, Self.lowestCeiling)
        self.ceiling = loudness.truePeak + gain > ceiling ? ceiling : nil
    }

    /// The lowest limit that the limiter takes is 1/16.
    private static let lowestCeiling = -24.0

    /// Makes up for what the limiter took away, where that is heard; `nil` where it is not.
    ///
    /// `leveled` is how loud the sound is after this leveling.
    func corrected(for leveled: Loudness, _ settings: PipelineDefinition.Audio) -> Leveling? {
        guard ceiling != nil, let integrated = leveled.integrated else { return nil }
        let missing = settings.targetLUFS - integrated
        guard missing > Self.tolerance, gain < Self.maxGain else { return nil }
        var corrected = self
        corrected.gain = min(gain + missing, Self.maxGain)
        return corrected
    }
}
