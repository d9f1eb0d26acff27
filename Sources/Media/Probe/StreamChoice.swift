import FFmpeg

/// Which of a file's streams are shown and heard.
enum StreamChoice {
    /// The pictures: what the file marks as default, then the largest; never the still cover of a song.
    static func video(of streams: [StreamInfo]) -> StreamInfo? {
        let candidates = streams.filter { $0.kind == .video && !$0.isAttachedPicture }
        return first(of: candidates) { ($0.isDefault ? 1 : 0, $0.width * $0.height) }
    }

    /// The sound: one whose codec is known, then what the file marks as default, then the first.
    ///
    /// Phones write a second track in a codec that only they can play beside the ordinary one.
    static func audio(of streams: [StreamInfo]) -> StreamInfo? {
        let candidates = streams.filter { $0.kind == .audio }
        return first(of: candidates) { ($0.sampleRate > 0 && $0.channels > 0 ? 1 : 0, $0.isDefault ? 1 : 0) }
    }

    /// The first of those that rank highest; `max(by:)` would give the last.
    private static func first(of streams: [StreamInfo], rank: (StreamInfo) -> (Int, Int)) -> StreamInfo? {
        streams.reduce(nil) { best, stream in
            guard let best else { return stream }
            return rank(best) < rank(stream) ? stream : best
        }
    }
}
