/// The playlist of single pictures: each entry is exactly one IDR picture, with the index of its fragment.
enum IFrameRules {
    static func check(
        _ rendition: RenditionContents,
        _ variant: MultivariantPlaylist.Variant?,
        _ findings: inout Findings
    ) {
        let (playlist, file) = (rendition.iFrames, rendition.iFrameFile)
        PlaylistRules.checkHeader(playlist, file, &findings)
        let isOfThisRendition = playlist.mapURI == rendition.playlist.mapURI && playlist.isIFramesOnly
        findings.require(isOfThisRendition, .iframes, file, "is not the I-frame playlist of \(rendition.playlistFile)")
        checkEntries(rendition, file, &findings)
        guard let variant else {
            return findings.add(.iframes, PackageLayout.master, "has no EXT-X-I-FRAME-STREAM-INF for \(file)")
        }
        VariantRules.check(variant, [rendition.parameters.codecs], rendition, &findings)
        let samples = zip(playlist.segments, rendition.bandwidthSamples).map {
            Bandwidth.Sample(sizeBytes: $0.byteRange?.length ?? 0, durationSeconds: $1.durationSeconds)
        }
        let peak = Bandwidth.peak(samples, targetDuration: playlist.targetDuration)
        // A peak of single pictures says nothing about a stream, so only what is stated is compared.
        var stated = Findings()
        VariantRules.checkBandwidth(variant, peak: peak, average: Bandwidth.average(samples), &stated)
        for finding in stated.errors { findings.add(finding) }
    }

    private static func checkEntries(_ rendition: RenditionContents, _ file: String, _ findings: inout Findings) {
        let entries = rendition.iFrames.segments
        let spans = rendition.bandwidthSamples.map(\.durationSeconds)
        let isComplete = entries.map(\.uri) == rendition.playlist.segments.map(\.uri)
        findings.require(isComplete, .iframes, file, "does not have one picture of every segment")
        for (entry, (segment, span)) in zip(entries, zip(rendition.segments, spans)) {
            let picture = segment.samples(of: rendition.video.id).first
            let expected = MediaPlaylist.ByteRange(length: picture.map { $0.offset + $0.size } ?? 0, offset: 0)
            findings.require(
                entry.byteRange == expected,
                .iframes,
                file,
                "does not have the range of \(entry.uri)'s first picture, \(expected.length) bytes from the start"
            )
            findings.require(
                abs(entry.durationSeconds - span) <= rendition.longestPicture + 0.001,
                .iframes,
                file,
                "says that the next picture after \(entry.uri) comes in \(entry.durationSeconds.short) s,"
                    + " but it comes in \(span.short) s"
            )
        }
    }
}
