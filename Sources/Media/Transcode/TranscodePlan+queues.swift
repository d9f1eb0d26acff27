import FFmpeg

extension TranscodePlan {
    /// What the pictures wait in for each rung's thread, on their way from a source of so many pixels or a larger rung.
    ///
    /// The threads work in bursts, so that short queues leave cores idle at times. 16 pictures of 1080p are 50 MB, which larger
    /// ones exceed only where 4 of them do.
    func frameQueues(sourcePixels: Int) -> [BoundedQueue<Frame>] {
        rungs.map { rung in
            let pixels = rung.parent.map { rungs[$0].width * rungs[$0].height } ?? sourcePixels
            // 8 bits, and colours at half the resolution.
            let bytes = max(1, pixels * 3 / 2)
            return BoundedQueue(capacity: min(16, max(4, 50_000_000 / bytes)))
        }
    }
}
