/// How a long video is cut into windows that are encoded apart, on any worker.
///
/// Only arithmetic.
public struct ChunkPlan: Codable, Sendable, Equatable {
    /// Side by side from 0 on; at least two.
    public var windows: [ChunkWindow]

    /// `nil` for a video that is encoded in one piece, because it is short enough.
    public init?(durationSeconds: Double, pipeline: PipelineDefinition) {
        let length = pipeline.chunks.seconds
        guard durationSeconds > pipeline.chunks.aboveSeconds else { return nil }
        // A rest of less than half a chunk is not worth a job of its own: it goes with the last.
        let count = Int((durationSeconds / length).rounded(.toNearestOrAwayFromZero))
        guard count > 1 else { return nil }
        windows = (0..<count).map { index in
            let isLast = index == count - 1
            return ChunkWindow(
                startSeconds: Double(index) * length,
                endSeconds: isLast ? nil : Double(index + 1) * length
            )
        }
    }
}
