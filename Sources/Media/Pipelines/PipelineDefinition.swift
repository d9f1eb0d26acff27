import Foundation

/// What is done to a creator's file: a YAML file of `pipelines/`, read and validated.
///
/// `pipelines/README.md` explains every field.
public struct PipelineDefinition: Sendable, Equatable {
    /// What a file may be at most, and at least, to become a video.
    public struct Limits: Sendable, Equatable {
        public var minSeconds: Double
        public var maxSeconds: Double
        public var maxBytes: Int64
        /// The shorter and the longer side of the picture as shown, in pixels.
        public var minSide: Int
        public var maxSide: Int
        /// Pixels of one picture.
        public var maxPixels: Int
        /// Longer side divided by shorter side.
        public var maxAspectRatio: Double
        public var maxStreams: Int
        public var maxFrameRate: Double
        /// Pixels of all pictures together: what decoding costs.
        public var maxTotalPixels: Double
        /// What recognising the file may cost.
        public var probeSeconds: Double
        public var probeBytes: Int
    }

    /// How pictures are coded.
    public enum VideoCodec: String, Sendable, CaseIterable {
        case h264, hevc, av1
    }

    /// The encoders' trade of time for size.
    public enum Speed: String, Sendable, CaseIterable {
        case fast, balanced, small
    }

    /// One step of a ladder.
    public struct Rung: Sendable, Equatable {
        public var codec: VideoCodec
        public var speed: Speed
        /// The length of the picture's shorter side, in pixels.
        public var shortSide: Int
        /// The encoder's constant rate factor: lower is better and larger.
        public var crf: Double
        /// The bitrate that no stretch of video may exceed, and the size of the window it is measured over.
        public var maxBitsPerSecond: Int
        public var bufferBits: Int
    }

    /// How pictures are encoded.
    public struct Video: Sendable, Equatable {
        /// A source with more frames per second is thinned out to this.
        public var maxFrameRate: Int
        /// The distance of forced keyframes and the length of segments.
        public var segmentSeconds: Double
        /// Whether a source that already is what a rung asks for is copied instead of encoded.
        public var passthrough: Bool
        /// The H.264 ladder, largest first, then those of other codecs.
        public var rungs: [Rung]
    }

    /// How sound is encoded: always AAC-LC in stereo.
    public struct Audio: Sendable, Equatable {
        public var bitsPerSecond: Int
        public var sampleRate: Int
        /// Whether the sound of every video is made equally loud; `targetLUFS` says how loud, in EBU R 128's unit.
        public var normalizesLoudness: Bool
        public var targetLUFS: Double
        /// What no peak between the samples exceeds, in decibels below full scale.
        public var maxTruePeak: Double
        /// Whether AAC that already is as asked for is copied instead of encoded.
        public var passthrough: Bool
    }

    /// `play.mp4`.
    public struct Playback: Sendable, Equatable {
        /// The file is the largest rung whose shorter side is at most this.
        public var maxShortSide: Int
    }

    /// What is published first, before the rest is made.
    public struct First: Sendable, Equatable {
        /// The length of the shorter side that is encoded when the source cannot be copied.
        public var shortSide: Int
        /// A source that is shorter and would have to be encoded is published once, with everything.
        public var minSeconds: Double
    }

    /// The cover, in two sizes.
    public struct Cover: Sendable, Equatable {
        /// How many pictures, spread over the video, are compared.
        public var candidates: Int
        /// The lengths of the shorter sides, in pixels: at most these, and never more than the source's.
        public var shortSide: Int
        public var smallShortSide: Int
        /// JPEG's quantiser as FFmpeg counts it: 2 is best, 31 worst.
        public var jpegQuality: Int
        /// WebP's quality: 100 is best, 0 worst.
        public var webpQuality: Int
    }

    /// Small pictures spread over the video, on one sheet.
    public struct Storyboard: Sendable, Equatable {
        /// How many at most, and how many beside each other.
        public var maxCells: Int
        public var columns: Int
        /// How far apart at least, in seconds.
        public var minInterval: Double
        /// The length of a cell's longer side, in pixels.
        public var longSide: Int
        /// JPEG's quantiser as FFmpeg counts it: 2 is best, 31 worst.
        public var jpegQuality: Int
    }

    /// A short moving picture without sound.
    public struct Preview: Sendable, Equatable {
        public var seconds: Double
        public var framesPerSecond: Int
        /// The length of the shorter side, in pixels.
        public var shortSide: Int
        /// WebP's quality: 100 is best, 0 worst.
        public var webpQuality: Int
    }

    /// How a long video is shared among workers.
    public struct Chunks: Sendable, Equatable {
        /// A longer video is cut.
        public var aboveSeconds: Double
        /// About how long each piece is.
        public var seconds: Double
    }

    public var limits: Limits
    public var video: Video
    public var audio: Audio
    public var playback: Playback
    public var first: First
    public var cover: Cover
    /// `nil` where a pipeline makes none.
    public var storyboard: Storyboard?
    public var preview: Preview?
    public var chunks: Chunks
}

extension PipelineDefinition {
    /// Reads and validates a definition.
    ///
    /// Throws `PipelineDefinitionError` with every mistake in the file.
    public init(yamlAt path: String) throws {
        let text: String
        do { text = try String(contentsOf: URL(filePath: path), encoding: .utf8) } catch {
            throw PipelineDefinitionError(path: path, problems: [.init("the file cannot be read as UTF-8 text")])
        }
        try self.init(yaml: text, path: path)
    }

    /// Reads and validates the text of a definition.
    ///
    /// Messages say that the text is from `path`.
    public init(yaml: String, path: String) throws {
        let root = try YAMLMapping(yaml: yaml, path: path)
        limits = Limits(root.mapping("limits"))
        video = Video(root.mapping("video"))
        audio = Audio(root.mapping("audio"))
        playback = Playback(root.mapping("playback"))
        first = First(root.mapping("first"))
        cover = Cover(root.mapping("cover"))
        storyboard = root.optionalMapping("storyboard").map { Storyboard($0) }
        preview = root.optionalMapping("preview").map { Preview($0) }
        chunks = Chunks(root.mapping("chunks"), segmentSeconds: video.segmentSeconds)
        try root.throwProblems()
    }
}
