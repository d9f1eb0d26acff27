import FFmpeg

/// The text of filter graphs for sound.
enum AudioFilters {
    /// Mixes to stereo and resamples; fills gaps, so that sound stays with the pictures.
    ///
    /// What comes out starts at `position`, counted in samples at `sampleRate`: silence or a cut makes up for the
    /// difference. Later a difference of 40 ms is made up for at once; a smaller one is the jitter of timestamps,
    /// which nobody notices.
    static func stereo(_ traits: SoundTraits, timeBase: Rational, sampleRate: Int, position: Int64) -> String {
        // FFmpeg's matrix gives dialogue, the centre, to both sides at -3 dB; scaled so that no sum of all channels
        // exceeds full scale. It would give one channel alone to both sides at -3 dB, too: there it is left as it is.
        let volume = traits.channelLayout == "mono" ? 2.0.squareRoot() : 1
        return [
            "abuffer@in=time_base=\(timeBase):sample_rate=\(traits.sampleRate):sample_fmt=\(traits.sampleFormat)"
                + ":channel_layout=\(traits.channelLayout)",
            "aresample=\(sampleRate):async=1:min_hard_comp=0.04:first_pts=\(position)"
                + ":ochl=stereo:rematrix_maxval=1:rematrix_volume=\(volume)",
            format(sampleRate),
            "abuffersink@out",
        ]
        .joined(separator: ",")
    }

    /// Makes stereo louder or quieter, and follows it with silence without end: the caller takes as much as the
    /// pictures last.
    static func leveled(_ leveling: Leveling, sampleRate: Int) -> String {
        let limiter = leveling.ceiling.map {
            // Between its samples sound goes higher than at them; at four times the rate hardly.
            ["aresample=\(4 * sampleRate)", self.limiter($0), "aresample=\(sampleRate)", format(sampleRate)]
        }
        return ([input(sampleRate), gain(leveling)] + (limiter ?? []) + ["apad", "abuffersink@out"])
            .joined(separator: ",")
    }

    /// Measures stereo: the last frame's metadata says how loud everything was.
    ///
    /// `leveling` is applied first. Its limiter works at the sound's own rate here, which changes the loudness by
    /// nothing that counts and costs a tenth; peaks after it are known, and not measured.
    static func meter(_ leveling: Leveling, sampleRate: Int) -> String {
        let limiter = leveling.ceiling.map { [self.limiter($0)] }
        return
            ([input(sampleRate), gain(leveling)] + (limiter ?? [])
            + ["ebur128=peak=true:metadata=1:framelog=verbose", "abuffersink@out"])
            .joined(separator: ",")
    }

    private static func input(_ sampleRate: Int) -> String {
        "abuffer@in=time_base=1/\(sampleRate):sample_rate=\(sampleRate):sample_fmt=fltp:channel_layout=stereo"
    }

    private static func format(_ sampleRate: Int) -> String {
        "aformat=sample_fmts=fltp:channel_layouts=stereo:sample_rates=\(sampleRate)"
    }

    private static func gain(_ leveling: Leveling) -> String { "volume=\(leveling.gain)dB:precision=float" }

    /// `ceiling` is in decibels; `latency` takes the delay out again by which the limiter looks ahead.
    private static func limiter(_ ceiling: Double) -> String {
        "alimiter=limit=\(Decibels.ratio(ceiling)):level=disabled:latency=1"
    }
}
