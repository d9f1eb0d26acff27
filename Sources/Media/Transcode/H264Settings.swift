import FFmpeg

/// How a rung is encoded, in the words of FFmpeg's options.
struct H264Settings {
    var width: Int
    var height: Int
    var timeBase: Rational
    var frameRate: Rational
    var options: [String: String]

    init(_ stage: RungStage.Configuration, color: OutputColor) {
        let settings = stage.rung.settings
        width = stage.rung.width
        height = stage.rung.height
        timeBase = stage.timeBase
        frameRate = Rational(Int((stage.framesPerSecond * 1000).rounded()), 1000)
        let framesPerSegment = Int((stage.framesPerSecond * stage.segmentSeconds).rounded(.up))
        options = [
            "preset": Self.preset(settings.speed),
            "crf": "\(settings.crf)",
            "maxrate": "\(settings.maxBitsPerSecond)",
            "bufsize": "\(settings.bufferBits)",
            "profile": "high",
            // Keyframes come on the grid; the distance is for bursts of a variable frame rate.
            "g": "\(max(1, framesPerSegment))",
            "forced-idr": "1",
            "threads": "\(stage.encoderThreads)",
            "color_range": "tv",
            "color_primaries": color.primaries,
            "color_trc": color.transfer,
            "colorspace": color.matrix,
        ]
    }

    private static func preset(_ speed: PipelineDefinition.Speed) -> String {
        switch speed {
        case .fast: "superfast"
        case .balanced: "veryfast"
        case .small: "medium"
        }
    }

    func makeEncoder() throws(FFmpegError) -> Encoder {
        try Encoder(
            video: "libx264",
            width: width,
            height: height,
            pixelFormat: "yuv420p",
            timeBase: timeBase,
            frameRate: frameRate,
            options: options
        )
    }
}
