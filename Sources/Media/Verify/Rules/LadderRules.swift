/// The renditions against each other: a player changes between them at any segment.
enum LadderRules {
    static func check(
        _ master: MultivariantPlaylist,
        _ renditions: [RenditionContents],
        _ findings: inout Findings
    ) {
        let file = PackageLayout.master
        findings.require(
            master.hasIndependentSegments,
            .independentSegments,
            file,
            "does not say that segments are independent"
        )
        guard let first = renditions.first else { return }
        for other in renditions.dropFirst() { compare(other, first, &findings) }
        checkChoice(master.variants, file, &findings)
        // Apple, 1.3b: level 4.1 is what every device has.
        let playable = renditions.contains { $0.parameters.codecs.hasPrefix("avc1") && $0.parameters.level <= 41 }
        findings.require(playable, .compatibleVariant, file, "has no rendition of H.264 up to level 4.1")
    }

    private static func compare(
        _ rendition: RenditionContents,
        _ first: RenditionContents,
        _ findings: inout Findings
    ) {
        let (file, name) = (rendition.playlistFile, first.playlistFile)
        findings.require(
            rendition.playlist.targetDuration == first.playlist.targetDuration,
            .targetDuration,
            file,
            "has another target duration than \(name)"
        )
        // Where pictures do not follow one another evenly, a rung may lack the very last ones of another.
        let tolerance = max(rendition.longestPicture, first.longestPicture)
        findings.require(
            abs(rendition.durationSeconds - first.durationSeconds) <= tolerance + 0.001,
            .sameDuration,
            file,
            "lasts \(rendition.durationSeconds.short) s and \(name) \(first.durationSeconds.short) s"
        )
        let starts = zip(rendition.boundaries.dropLast(), first.boundaries.dropLast())
        findings.require(
            starts.allSatisfy { abs($0 - $1) < 0.002 },
            .aligned,
            file,
            "does not start its segments at the times of \(name)"
        )
        // Sizes are even numbers, so small ones cannot keep the shape exactly.
        let difference = rendition.parameters.aspect / first.parameters.aspect
        let slack = 1 + 2.5 / Double(min(rendition.parameters.width, rendition.parameters.height))
        findings.require(
            difference < slack && 1 / difference < slack,
            .aspectRatio,
            file,
            "has a picture of another shape than \(name)"
        )
        if let color = rendition.parameters.color, let other = first.parameters.color {
            findings.require(color == other, .colour, file, "has other colours than \(name)")
        }
    }

    /// What a player can choose from, and starts with.
    static func checkChoice(
        _ variants: [MultivariantPlaylist.Variant],
        _ file: String,
        _ findings: inout Findings
    ) {
        findings.require(variants.count > 1, .severalBitrates, file, "leaves players no choice of bitrate")
        if let start = variants.first, let least = variants.map(\.averageBandwidth).min() {
            let isModest = start.averageBandwidth <= MultivariantPlaylist.startBitsPerSecond
            let isSmallest = start.averageBandwidth == least
            findings.require(
                start.codecRank == 0 && (isModest || isSmallest),
                .startVariant,
                file,
                "makes players start with \(start.uri), \(start.averageBandwidth) bit/s of \(start.codecs)"
            )
        }
    }
}

extension VideoParameters {
    fileprivate var aspect: Double { Double(max(1, width)) / Double(max(1, height)) }
}
