/// What a worker tells its child: one line of JSON on standard input.
///
/// The worker then holds standard input open; when it closes before the child
/// has reported, the worker is gone and the child stops.
public struct TaskRequest: Codable, Sendable, Equatable {
    /// What to do with the source.
    public enum Task: String, Codable, Sendable {
        /// Describe the file and decide whether it may become a video.
        case probe
        /// Make the whole package: `play.mp4`, HLS and the cover.
        case transcode
    }

    public var task: Task
    /// The path of the creator's file.
    public var source: String
    /// The folder to fill, only for `transcode`: it exists and is empty.
    public var output: String?
    /// The path of the pipeline definition.
    public var pipeline: String

    public init(task: Task, source: String, output: String? = nil, pipeline: String) {
        self.task = task
        self.source = source
        self.output = output
        self.pipeline = pipeline
    }
}
