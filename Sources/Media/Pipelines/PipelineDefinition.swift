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

    /// One step of the ladder.
    public struct Rung: Sendable, Equatable {
        /// The length of the picture's shorter side, in pixels.
        public var shortSide: Int
        /// x264's constant rate factor: lower is better and larger.
        public var crf: Double
        /// The bitrate that no stretch of video may exceed, and the size of the window it is measured over.
        public var maxBitsPerSecond: Int
        public var bufferBits: Int
        /// x264's trade of time for size, for example `veryfast`.
        public var preset: String
    }

    /// How pictures are encoded.
    public struct Video: Sendable, Equatable {
        /// A source with more frames per second is thinned out to this.
        public var maxFrameRate: Int
        /// The distance of forced keyframes and the length of segments.
        public var segmentSeconds: Double
        /// Largest first.
        public var rungs: [Rung]
    }

    /// How sound is encoded: always AAC-LC in stereo.
    public struct Audio: Sendable, Equatable {
        public var bitsPerSecond: Int
        public var sampleRate: Int
    }

    /// `play.mp4`.
    public struct Playback: Sendable, Equatable {
        /// The file is the largest rung whose shorter side is at most this.
        public var maxShortSide: Int
    }

    /// `cover.jpg`.
    public struct Cover: Sendable, Equatable {
        /// How many pictures, spread over the video, are compared.
        public var candidates: Int
        /// JPEG's quantiser as FFmpeg counts it: 2 is best, 31 worst.
        public var quality: Int
    }

    public var limits: Limits
    public var video: Video
    public var audio: Audio
    public var playback: Playback
    public var cover: Cover
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
        cover = Cover(root.mapping("cover"))
        root.refuseUnknownKeys()
        try root.throwProblems()
    }
}
