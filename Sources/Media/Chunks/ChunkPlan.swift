import Domain

/// How a long video is cut into windows that are encoded apart, on any worker.
///
/// Only arithmetic.
public struct ChunkPlan: Codable, Sendable, Equatable {
    /// Side by side from 0 on; at least two.
    public var windows: [ChunkWindow]

    /// More than the longest video has at the shortest length, each of which is a job.
    private static let maxWindows = 86_400

    /// `nil` for a video that is encoded in one piece, because it is short enough.
    ///
    /// The windows are of about the length that the pipeline says, whole segments, as long as each other, and of an even
    /// number: two workers end together.
    public init?(durationSeconds: Double, pipeline: PipelineDefinition) {
        let length = pipeline.chunks.seconds
        let segment = pipeline.video.segmentSeconds
        guard durationSeconds > pipeline.chunks.aboveSeconds, durationSeconds >= 2 * segment else { return nil }
        let wanted = max(1, (durationSeconds / length / 2).rounded())
        let pairs = min(wanted, durationSeconds / segment / 2, Double(Self.maxWindows / 2))
        let count = 2 * Int(saturating: pairs)
        let starts = (0..<count).map { (durationSeconds * Double($0) / Double(count) / segment).rounded() * segment }
        windows = starts.indices.map { index in
            ChunkWindow(startSeconds: starts[index], endSeconds: index + 1 < count ? starts[index + 1] : nil)
        }
    }
}
