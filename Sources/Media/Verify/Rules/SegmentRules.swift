/// The bytes of a rendition's segments: one timeline, each segment a place to start.
enum SegmentRules {
    static func check(_ rendition: RenditionContents, _ findings: inout Findings) {
        checkKeyframes(rendition, &findings)
        for track in rendition.movie.tracks { checkDecodeTimes(track, rendition, &findings) }
    }

    private static func checkKeyframes(_ rendition: RenditionContents, _ findings: inout Findings) {
        let entry = rendition.video.entry
        for segment in rendition.segments {
            let startsAnew = segment.keyframes.map { (try? CodedPicture.startsDecoding($0, entry: entry)) ?? false }
            let isMarked = segment.samples(of: rendition.video.id).first?.isSync == true
            if startsAnew.first != true || !isMarked {
                findings.add(.startsWithIDR, segment.file, "does not start with an IDR picture")
            } else if startsAnew.contains(false) {
                findings.add(.startsWithIDR, segment.file, "has a keyframe that is not an IDR picture")
            }
        }
        findings.require(
            rendition.pictures.hasClosedGOPs,
            .closedGOP,
            rendition.playlistFile,
            "has pictures that need others from before a keyframe"
        )
        checkDistance(rendition.pictures, rendition.playlistFile, &findings)
    }

    /// Apple, 1.13: a keyframe every two seconds; pictures of a variable rate may come a little late.
    static func checkDistance(_ pictures: TrackTiming, _ file: String, _ findings: inout Findings) {
        let longest = pictures.longestGOP
        findings.require(longest <= 2.1, .gopLength, file, "has \(longest.short) s from one keyframe to the next")
    }

    /// Every fragment says when it starts: exactly where the one before ended.
    private static func checkDecodeTimes(
        _ track: Movie.Track,
        _ rendition: RenditionContents,
        _ findings: inout Findings
    ) {
        var expected: Int?
        for segment in rendition.segments {
            for fragment in segment.fragments.compactMap({ $0.track(track.id) }) {
                findings.require(
                    fragment.decodeTime == expected ?? fragment.decodeTime,
                    .tfdt,
                    segment.file,
                    "has its track \(track.id) start at \(track.seconds(fragment.decodeTime).short) s"
                        + " and not at \(track.seconds(expected ?? 0).short) s, where the one before ended"
                )
                expected = (expected ?? fragment.decodeTime) + fragment.duration
            }
        }
    }
}
