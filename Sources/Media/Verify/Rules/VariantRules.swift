/// What the multivariant playlist says about a rendition, against what the rendition is.
enum VariantRules {
    static func check(_ rendition: RenditionContents, _ findings: inout Findings) {
        let variant = rendition.variant
        let sound = rendition.movie.audio.flatMap { CodecsAttribute.of($0.entry) }
        check(variant, [rendition.parameters.codecs, sound].compactMap { $0 }, rendition, &findings)
        checkFrameRate(rendition, &findings)
        let samples = rendition.bandwidthSamples
        checkBandwidth(
            variant,
            peak: Bandwidth.peak(samples, targetDuration: rendition.playlist.targetDuration),
            average: Bandwidth.average(samples),
            &findings
        )
    }

    /// Codecs, size and range; also of a playlist of single pictures.
    static func check(
        _ variant: MultivariantPlaylist.Variant,
        _ codecs: [String],
        _ rendition: RenditionContents,
        _ findings: inout Findings
    ) {
        let master = PackageLayout.master
        let contained = codecs.joined(separator: ",")
        findings.require(
            variant.codecs == contained,
            .codecs,
            master,
            "says that \(variant.uri) is \(variant.codecs), but it is \(contained)"
        )
        let (width, height) = (rendition.parameters.width, rendition.parameters.height)
        findings.require(
            variant.width == width && variant.height == height,
            .resolution,
            master,
            "says that \(variant.uri) is \(variant.width) × \(variant.height), but it is \(width) × \(height)"
        )
        findings.require(
            variant.videoRange == "SDR",
            .videoRange,
            master,
            "says that \(variant.uri) is \(variant.videoRange ?? "of no VIDEO-RANGE"), but it is SDR"
        )
    }

    private static func checkFrameRate(_ rendition: RenditionContents, _ findings: inout Findings) {
        let measured = rendition.pictures.samplesPerSecond
        let stated = rendition.variant.framesPerSecond ?? 0
        // The attribute is the highest rate, which is more than the average of a variable one, and of one that holds
        // its first picture until the others start.
        let isConstant = (0.9..<1.1).contains(rendition.pictures.usualMaximumInterval * measured)
        let isRight = stated >= measured * 0.95 && (!isConstant || stated <= measured * 1.05)
        findings.require(
            isRight && stated <= 60.5 || measured > 60.5,
            .frameRate,
            PackageLayout.master,
            "says that \(rendition.variant.uri) has \(stated.short) pictures per second, but it has \(measured.short)"
        )
    }

    /// Apple, 1.26 and 1.27: within 10 % of what is measured; 1.30: peaks of at most twice the average.
    static func checkBandwidth(
        _ variant: MultivariantPlaylist.Variant,
        peak: Int,
        average: Int,
        _ findings: inout Findings
    ) {
        let master = PackageLayout.master
        findings.require(
            isWithinTenth(variant.bandwidth, of: peak),
            .bandwidth,
            master,
            "says that \(variant.uri) has at most \(variant.bandwidth) bit/s, but it has \(peak)"
        )
        findings.require(
            isWithinTenth(variant.averageBandwidth, of: average),
            .averageBandwidth,
            master,
            "says that \(variant.uri) has \(variant.averageBandwidth) bit/s on average, but it has \(average)"
        )
        findings.require(
            Double(peak) <= 2 * Double(average),
            .peak,
            master,
            "has \(variant.uri) with a peak of \(peak) bit/s, more than twice its average of \(average)"
        )
    }

    private static func isWithinTenth(_ stated: Int, of measured: Int) -> Bool {
        abs(stated - measured) <= max(10, measured / 10)
    }
}
