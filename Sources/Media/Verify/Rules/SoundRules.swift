import Domain

/// The sound of one file, and how it lies to the pictures.
enum SoundRules {
    static func check(
        _ track: Movie.Track,
        _ sound: TrackTiming,
        _ pictures: TrackTiming,
        _ file: String,
        _ findings: inout Findings
    ) {
        guard
            track.entry.format == "mp4a",
            let parameters = try? AudioParameters(track.entry.configuration),
            [2, 5, 29].contains(parameters.objectType), (1...2).contains(parameters.channels),
            (8000...48_000).contains(parameters.sampleRate)
        else { return findings.add(.audio, file, "has sound that is not AAC in mono or stereo of at most 48 kHz") }
        // An encoder of AAC starts with samples that are only there to be cut off.
        findings.require(sound.start < 0, .priming, file, "does not cut off what its encoder of sound began with")
        let offset = max(0, sound.start) - pictures.start
        findings.require(
            abs(offset) < 0.045,
            .avSync,
            file,
            "has its sound \(abs(offset).short) s \(offset > 0 ? "after" : "before") its pictures"
        )
        findings.require(
            abs(sound.end - pictures.end) <= 0.1,
            .trackDurations,
            file,
            "has sound until \(sound.end.short) s and pictures until \(pictures.end.short) s"
        )
    }

    /// Apple, 2.9: AAC-LC in stereo has at most 160 kbit/s.
    static func checkBitrate(bytes: Int, seconds: Double, _ file: String, _ findings: inout Findings) {
        let kilobits = seconds > 0 ? Int(saturating: Double(bytes) * 8 / seconds / 1000) : 0
        findings.require(kilobits <= 160, .audioBitrate, file, "spends \(kilobits) kbit/s on sound")
    }
}
