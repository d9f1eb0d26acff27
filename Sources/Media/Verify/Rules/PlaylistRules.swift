import Domain

/// One media playlist against RFC 8216 and its segments.
enum PlaylistRules {
    static func check(_ rendition: RenditionContents, _ findings: inout Findings) {
        let file = rendition.playlistFile
        checkHeader(rendition.playlist, file, &findings)
        findings.require(!rendition.playlist.isIFramesOnly, .iframes, file, "is a playlist of single pictures")
        checkDurations(rendition, file, &findings)
        checkTarget(rendition.playlist, file, &findings)
    }

    /// What playlists of segments and of single pictures have in common.
    static func checkHeader(_ playlist: MediaPlaylist, _ file: String, _ findings: inout Findings) {
        // Version 6 allows EXT-X-MAP in a playlist of segments, 5 in one of single pictures (RFC 8216, section 7).
        let needed = playlist.isIFramesOnly ? 5 : 6
        findings.require(
            playlist.version >= needed,
            .version,
            file,
            "says version \(playlist.version) and uses what version \(needed) brought"
        )
        findings.require(playlist.type == "VOD", .playlistType, file, "is not of type VOD")
        findings.require(playlist.isEnded, .playlistType, file, "has no EXT-X-ENDLIST, so players wait for more")
    }

    /// `EXTINF` against the times of pictures: a player seeks by the sum.
    private static func checkDurations(_ rendition: RenditionContents, _ file: String, _ findings: inout Findings) {
        let spans = zip(rendition.boundaries, rendition.boundaries.dropFirst()).map { $1 - $0 }
        // A playlist has microseconds; where the last picture ends is known to a frame.
        for (index, (segment, span)) in zip(rendition.playlist.segments, spans).enumerated() {
            let tolerance = index == spans.count - 1 ? rendition.longestPicture : 0.001
            let difference = abs(segment.durationSeconds - span)
            findings.require(
                difference <= tolerance + 1e-5,
                .extinf,
                file,
                "says that \(segment.uri) lasts \(segment.durationSeconds.short) s, but its pictures \(span.short) s"
            )
        }
    }

    private static func checkTarget(_ playlist: MediaPlaylist, _ file: String, _ findings: inout Findings) {
        let longest = playlist.segments.map(\.durationSeconds).max() ?? 0
        findings.require(
            Int(saturating: longest.rounded()) <= playlist.targetDuration,
            .targetDuration,
            file,
            "has a target of \(playlist.targetDuration) s and a segment of \(longest.short) s"
        )
    }
}
