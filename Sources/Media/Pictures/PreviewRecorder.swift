import Domain
import FFmpeg
import Foundation

/// Collects the frames of a short moving picture that starts with the cover, while the video passes by.
///
/// Which picture is the cover is known only at the end, so every better one
/// starts the preview anew. What is held are twice the preview's own small frames.
final class PreviewRecorder {
    private let settings: PipelineDefinition.Preview
    private let count: Int
    private let filter: PictureFilter
    /// The last frames that passed, and when the next one is due.
    private var latest = FIFO<Frame>()
    private var latestTime = 0.0
    /// Those from the best picture on.
    private var chosen = FIFO<Frame>()
    private var chosenTime = 0.0

    /// The preview is at most `size` large.
    init(settings: PipelineDefinition.Preview, size: PictureSize) {
        let size = size.fitting(shortSide: settings.shortSide)
        self.settings = settings
        count = max(1, Int(saturating: (settings.seconds * Double(settings.framesPerSecond)).rounded()))
        filter = PictureFilter { PictureFilters.webp($0, size: size) }
    }

    /// Takes a picture if it is time for the next frame; `isBest` says that it is the cover so far.
    func consider(_ frame: borrowing Frame, at seconds: Double, isBest: Bool) throws {
        if isBest {
            chosen = FIFO()
            chosenTime = seconds
        }
        let isLatest = isDue(&latestTime, seconds)
        let isChosen = isDue(&chosenTime, seconds) && chosen.count < count
        guard isLatest || isChosen else { return }
        try filter.process(frame) { small in
            if isChosen { chosen.append(try small.clone()) }
            if isLatest { latest.append(small) }
        }
        if latest.count > count { _ = latest.popFirst() }
    }

    private func isDue(_ next: inout Double, _ seconds: Double) -> Bool {
        guard seconds >= next else { return false }
        while next <= seconds { next += 1 / Double(settings.framesPerSecond) }
        return true
    }

    func write(to folder: URL) throws {
        // Where the video ends too soon after the cover, the preview is its end.
        var frames = FIFO<Frame>()
        if chosen.count == count { swap(&frames, &chosen) } else { swap(&frames, &latest) }
        let animation = AnimationWriter(settings: settings)
        while let frame = frames.popFirst() { try animation.add(frame) }
        try animation.write(to: folder)
    }
}

/// Writes `preview.webp`, frame by frame.
final class AnimationWriter {
    private let settings: PipelineDefinition.Preview
    private var encoder: AnimationEncoder?
    private var count: Int64 = 0

    init(settings: PipelineDefinition.Preview) { self.settings = settings }

    /// `frame` is as WebP stores it.
    func add(_ frame: borrowing Frame) throws {
        let opened = try openedEncoder(frame)
        frame.pts = count
        try opened.add(frame)
        count += 1
    }

    func write(to folder: URL) throws {
        guard let encoder else { throw SourceFailure.damaged }
        try PackageLayout.write(encoder.finish(), to: folder, PackageLayout.preview)
    }

    private func openedEncoder(_ frame: borrowing Frame) throws -> AnimationEncoder {
        if let encoder { return encoder }
        let opened = try AnimationEncoder(
            width: frame.width,
            height: frame.height,
            timeBase: Rational(1, settings.framesPerSecond),
            quality: settings.webpQuality
        )
        encoder = opened
        return opened
    }
}
