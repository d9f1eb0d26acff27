import Domain
import FFmpeg

/// How a rung is encoded, in the words of FFmpeg's options.
struct VideoEncoderSettings {
    let codec: PipelineDefinition.VideoCodec
    let width: Int
    let height: Int
    let timeBase: Rational
    let frameRate: Rational
    /// The option's value for each name; unknown names are errors.
    let options: [String: String]

    init(_ stage: RungStage.Configuration, color: OutputColor) {
        let settings = stage.rung.settings
        codec = settings.codec
        width = stage.rung.width
        height = stage.rung.height
        timeBase = stage.timeBase
        frameRate = Rational(Int(saturating: (stage.framesPerSecond * 1000).rounded()), 1000)
        // Keyframes come on the grid; the distance is for bursts of a variable frame rate.
        let framesPerSegment = max(1, Int(saturating: (stage.framesPerSecond * stage.segmentSeconds).rounded(.up)))
        let common = [
            "preset": Self.preset(settings.speed, codec),
            "crf": "\(settings.crf)",
            "maxrate": "\(settings.maxBitsPerSecond)",
            "bufsize": "\(settings.bufferBits)",
            "color_range": "tv",
            "color_primaries": color.primaries,
            "color_trc": color.transfer,
            "colorspace": color.matrix,
        ]
        let own = Self.options(codec, framesPerSegment: framesPerSegment, threads: stage.encoderThreads)
        options = common.merging(own) { $1 }.merging(stage.pictureTypes.isFollowing ? Self.following : [:]) { $1 }
    }

    private static func options(
        _ codec: PipelineDefinition.VideoCodec,
        framesPerSegment: Int,
        threads: Int
    ) -> [String: String] {
        switch codec {
        case .h264:
            ["profile": "high", "forced-idr": "1", "g": "\(framesPerSegment)", "threads": "\(threads)"]
        case .hevc:
            [
                "profile": "main", "forced-idr": "1", "g": "\(framesPerSegment)",
                // Left to itself x265 starts a thread per core for every rung, and prints on standard error.
                "x265-params": "open-gop=0:pools=\(threads):frame-threads=1:log-level=none",
            ]
        case .av1:
            // Every segment has an encoder of its own, so it must not make keyframes inside.
            ["g": "\(framesPerSegment * 10)", "svtav1-params": "lp=\(threads)"]
        }
    }

    /// What x264 need not look for where another encoder chose the types of pictures.
    private static let following = ["b_strategy": "0", "sc_threshold": "0"]

    /// Speeds that are about as far apart in each codec.
    private static func preset(_ speed: PipelineDefinition.Speed, _ codec: PipelineDefinition.VideoCodec) -> String {
        switch (codec, speed) {
        case (.h264, .fast): "superfast"
        case (.h264, .balanced): "veryfast"
        case (.h264, .small): "medium"
        case (.hevc, .fast): "ultrafast"
        case (.hevc, .balanced): "superfast"
        case (.hevc, .small): "medium"
        case (.av1, .fast): "12"
        case (.av1, .balanced): "10"
        case (.av1, .small): "8"
        }
    }

    /// Whether the encoder takes no orders about keyframes, so that a segment can only start with a fresh one.
    ///
    /// FFmpeg 5.1 does not pass them on to SVT-AV1.
    var needsEncoderPerSegment: Bool { codec == .av1 }

    func makeEncoder() throws(FFmpegError) -> Encoder {
        try Encoder(
            video: Self.encoder(codec),
            width: width,
            height: height,
            pixelFormat: "yuv420p",
            timeBase: timeBase,
            frameRate: frameRate,
            options: options
        )
    }

    private static func encoder(_ codec: PipelineDefinition.VideoCodec) -> String {
        switch codec {
        case .h264: "libx264"
        case .hevc: "libx265"
        case .av1: "libsvtav1"
        }
    }
}
