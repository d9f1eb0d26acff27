import Foundation

/// How loud sound is, as EBU R 128 measures it.
struct Loudness: Sendable, Equatable {
    /// The loudness of the whole, in LUFS; `nil` for silence, and for less than the 0.4 s that one measurement takes.
    var integrated: Double?
    /// The highest peak, those between samples included, in decibels below full scale; -∞ for silence, and where it
    /// was not measured.
    var truePeak: Double

    /// Where BS.1770's gate closes: everything below counts as silence.
    static let gate = -70.0

    /// Whether sound may stay as it is.
    func fits(_ settings: PipelineDefinition.Audio) -> Bool {
        guard let integrated else { return true }
        return abs(integrated - settings.targetLUFS) <= 1 && truePeak <= settings.maxTruePeak
    }
}

/// The logarithmic measure of amplitudes.
enum Decibels {
    static func ratio(_ decibels: Double) -> Double { pow(10, decibels / 20) }

    static func level(_ ratio: Double) -> Double { 20 * log10(ratio) }
}
