import FFmpeg

/// The text of filter graphs for sound.
enum AudioFilters {
    /// Mixes to stereo and resamples; fills gaps, so that sound stays with the pictures.
    ///
    /// The first graph of a file also fills or cuts so that the sound starts at time 0.
    /// `apad` follows the sound with silence without end: the caller takes as much as the pictures last.
    static func stereo(_ traits: SoundTraits, timeBase: Rational, sampleRate: Int, isFirst: Bool) -> String {
        [
            "abuffer@in=time_base=\(timeBase):sample_rate=\(traits.sampleRate):sample_fmt=\(traits.sampleFormat)"
                + ":channel_layout=\(traits.channelLayout)",
            "aresample=\(sampleRate):async=1" + (isFirst ? ":first_pts=0" : ""),
            "aformat=sample_fmts=fltp:channel_layouts=stereo:sample_rates=\(sampleRate)",
            "apad",
            "abuffersink@out",
        ]
        .joined(separator: ",")
    }
}
