/// What a video stream says about itself: the same everywhere, and what every phone plays.
enum PictureRules {
    /// `parameters` are those of the stream in `entry`; `file` holds both.
    static func check(
        _ parameters: VideoParameters,
        _ entry: SampleEntry,
        _ file: String,
        _ findings: inout Findings
    ) {
        findings.require(entry.count == 1, .configuration, file, "changes its decoder's configuration on the way")
        let stated = CodecsAttribute.of(entry) ?? "nothing"
        findings.require(
            stated == parameters.codecs,
            .configuration,
            file,
            "announces \(stated) and contains \(parameters.codecs)"
        )
        findings.require(
            entry.width == parameters.width && entry.height == parameters.height,
            .resolution,
            file,
            "announces \(entry.width) × \(entry.height) and contains \(parameters.width) × \(parameters.height)"
        )
        checkShape(parameters, entry, file, &findings)
        checkFormat(parameters, entry, file, &findings)
        checkColor(parameters, entry, file, &findings)
    }

    private static func checkShape(
        _ parameters: VideoParameters,
        _ entry: SampleEntry,
        _ file: String,
        _ findings: inout Findings
    ) {
        let shapes = [parameters.pixelAspect, entry.pixelAspect]
        findings.require(
            shapes.allSatisfy { $0.horizontal == $0.vertical },
            .squarePixels,
            file,
            "has pixels that are not square"
        )
        findings.require(
            parameters.width.isMultiple(of: 2) && parameters.height.isMultiple(of: 2),
            .evenSize,
            file,
            "has an odd size, \(parameters.width) × \(parameters.height)"
        )
        findings.require(parameters.isProgressive, .progressive, file, "is interlaced")
    }

    private static func checkFormat(
        _ parameters: VideoParameters,
        _ entry: SampleEntry,
        _ file: String,
        _ findings: inout Findings
    ) {
        guard parameters.bitDepth == 8, parameters.chromaFormat == 1 else {
            return findings.add(.bitDepth, file, "is not 4:2:0 of 8 bits")
        }
        // H.264: Baseline, Main, High. HEVC: Main. AV1: Main.
        let usual = entry.format == "avc1" ? [66, 77, 100] : entry.format == "hvc1" ? [1] : [0]
        findings.require(
            usual.contains(parameters.profile),
            .profile,
            file,
            "has profile \(parameters.profile), which few players know"
        )
    }

    private static func checkColor(
        _ parameters: VideoParameters,
        _ entry: SampleEntry,
        _ file: String,
        _ findings: inout Findings
    ) {
        let isFull = parameters.isFullRange || entry.color?.isFullRange == true
        findings.require(!isFull, .colour, file, "has colours of full range")
        guard let color = parameters.color ?? entry.color else {
            return findings.add(.colourSignalled, file, "does not say what its colours mean")
        }
        if let container = entry.color {
            findings.require(container == color, .colour, file, "has two different opinions about its colours")
        }
        // 16 is PQ and 18 HLG; 9 is BT.2020, 11 and 12 are P3.
        let isSDR = ![16, 18].contains(color.transfer) && ![9, 11, 12].contains(color.primaries)
        findings.require(isSDR, .colour, file, "is not SDR")
    }

    /// Whether H.264's level holds, and is no higher than it has to be.
    static func checkLevel(
        _ parameters: VideoParameters,
        framesPerSecond: Double,
        bitsPerSecond: Int,
        _ file: String,
        _ findings: inout Findings
    ) {
        guard parameters.codecs.hasPrefix("avc1"), let kept = parameters.decodedPictures else { return }
        let need = H264Level.Need(
            width: parameters.width,
            height: parameters.height,
            decodedPictures: kept,
            framesPerSecond: framesPerSecond,
            bitsPerSecond: bitsPerSecond
        )
        guard let level = H264Level.level(parameters.level), level.allows(need) else {
            let lowest = H264Level.lowest(for: need).map { "needs \($0.number)" } ?? "is too large for any"
            return findings.add(.level, file, "says level \(parameters.level) and \(lowest)")
        }
        // Below 3.1 no device cares, and encoders count the bitrate that they were allowed rather than the one they used.
        let lowest = max(31, H264Level.lowest(for: need)?.number ?? 31)
        findings.require(level.number <= lowest, .minimalLevel, file, "says level \(level.number) and needs \(lowest)")
    }
}
