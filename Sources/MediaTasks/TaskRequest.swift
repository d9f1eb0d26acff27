public import Domain

/// What a worker tells its child: one line of JSON on standard input.
///
/// The worker then holds standard input open; when it closes before the child
/// has reported, the worker is gone and the child stops.
public struct TaskRequest: Codable, Sendable, Equatable {
    /// What to do with the source.
    public enum Task: String, Codable, Sendable {
        /// Describe the file and decide whether it may become a video.
        case probe
        /// Make a small package that can be played soonest.
        case first
        /// Make the whole package: `play.mp4`, HLS and pictures.
        case transcode
        /// Encode the pictures of one piece of a long video.
        case chunk
        /// Encode the sound of a long video.
        case sound
        /// Make the whole package of the pieces.
        case assemble

        /// Whether a cover is among what it makes.
        public var makesCover: Bool { [.first, .transcode, .assemble].contains(self) }
    }

    /// A piece of a video on its time line, in seconds; the last has no end.
    public struct Window: Codable, Sendable, Equatable {
        /// Counted from 0.
        public var number: Int
        public var startSeconds: Double
        public var endSeconds: Double?

        public init(number: Int, startSeconds: Double, endSeconds: Double?) {
            self.number = number
            self.startSeconds = startSeconds
            self.endSeconds = endSeconds
        }
    }

    /// The folders of what `chunk` and `sound` tasks made, for `assemble`.
    public struct Parts: Codable, Sendable, Equatable {
        /// In the order of the pieces.
        public var chunks: [String]
        public var sound: String

        public init(chunks: [String], sound: String) {
            self.chunks = chunks
            self.sound = sound
        }
    }

    public var task: Task
    /// The path of the creator's file.
    public var source: String
    /// The folder to fill, for all but `probe`: it exists and is empty.
    public var output: String?
    /// The path of the pipeline definition.
    public var pipeline: String
    /// What the cover shows.
    public var cover: CoverChoice
    /// Only for `chunk`.
    public var window: Window?
    /// Only for `assemble`.
    public var parts: Parts?
    /// How many processor cores the encoders of `transcode` and `chunk` count on; all there are if absent.
    public var cores: Int?

    public init(
        task: Task,
        source: String,
        output: String? = nil,
        pipeline: String,
        cover: CoverChoice = .automatic,
        window: Window? = nil,
        parts: Parts? = nil
    ) {
        self.task = task
        self.source = source
        self.output = output
        self.pipeline = pipeline
        self.cover = cover
        self.window = window
        self.parts = parts
    }
}
