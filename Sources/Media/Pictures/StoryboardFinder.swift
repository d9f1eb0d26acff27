import FFmpeg
import Foundation

/// Makes the storyboard of a source by seeking.
///
/// Keyframes are decoded alone. What is between them is decoded only where they
/// are so rare that a picture would be out of date.
struct StoryboardFinder {
    let fetcher: PictureFetcher
    let settings: PipelineDefinition.Storyboard
    let durationSeconds: Double

    /// Writes sheet and map, and answers how many pictures there are.
    func write(to folder: URL) throws -> Int {
        let recorder = StoryboardRecorder(
            settings: settings,
            size: fetcher.size,
            durationSeconds: durationSeconds
        )
        // By how many seconds a picture may be older than the time that it stands for.
        let tolerance = max(recorder.interval, 2)
        var last: (keyframe: IndexedPacket?, seconds: Double) = (nil, -1)
        for time in stride(from: 0, to: max(durationSeconds, 0.001), by: recorder.interval) {
            let keyframe = fetcher.indexedKeyframe(at: time)
            let isShared = keyframe != nil && keyframe == last.keyframe
            if isShared, time - last.seconds <= tolerance { continue }
            guard let picture = try picture(at: time, isShared: isShared, tolerance) else { continue }
            last.keyframe = keyframe
            // Without an index, only the picture tells that it is the one before.
            guard picture.seconds > last.seconds else { continue }
            last.seconds = picture.seconds
            try add(picture, to: recorder)
        }
        try recorder.write(to: folder, endSeconds: durationSeconds)
        return recorder.times.count
    }

    /// The keyframe, or the very picture of a time where the keyframe is too old or was shown before.
    private func picture(at time: Double, isShared: Bool, _ tolerance: Double) throws -> PictureFetcher.Picture? {
        if !isShared, let keyframe = try fetcher.keyframe(at: time), time - keyframe.seconds <= tolerance {
            return keyframe
        }
        return try fetcher.picture(at: time)
    }

    private func add(_ picture: borrowing PictureFetcher.Picture, to recorder: StoryboardRecorder) throws {
        let size = fetcher.size.fitting(longSide: settings.longSide)
        try recorder.add(fetcher.upright(picture.frame, size: size), at: picture.seconds)
    }
}
