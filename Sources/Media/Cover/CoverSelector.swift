import FFmpeg
import Foundation

/// Picks the cover among pictures spread over the video, while they pass by on their way to an encoder.
final class CoverSelector {
    private let settings: PipelineDefinition.Cover
    private let interval: Double
    private var nextTime: Double
    private var best: Frame?
    private var bestValue = -1.0
    private var grey: PictureFilter?

    /// The candidates are spread over `durationSeconds`.
    init(settings: PipelineDefinition.Cover, durationSeconds: Double) {
        self.settings = settings
        interval = max(durationSeconds, 0.001) / Double(settings.candidates)
        nextTime = interval / 2
    }

    /// Looks at a picture if it is the next candidate; also at the very first, in case there is no other.
    func consider(_ frame: borrowing Frame, at seconds: Double) throws {
        guard seconds >= nextTime || best == nil else { return }
        while nextTime <= seconds { nextTime += interval }
        let value = try score(frame).value
        guard value > bestValue else { return }
        bestValue = value
        best = try frame.clone()
    }

    /// Writes the best picture as JPEG.
    func write(to url: URL) throws {
        guard let frame = best.take() else { throw SourceFailure.damaged }
        var bytes: [UInt8] = []
        let filter = PictureFilter { VideoFilters.jpeg($0) }
        let quality = settings.jpegQuality
        try filter.process(frame) { bytes = try StillImageEncoder.jpeg($0, quality: quality) }
        try filter.finish { bytes = try StillImageEncoder.jpeg($0, quality: quality) }
        do { try Data(bytes).write(to: url) } catch {
            throw MediaError(.outputUnwritable, "\(url.path) cannot be written: \(error)")
        }
    }

    private func score(_ frame: borrowing Frame) throws -> PictureScore {
        // Small enough to be cheap, large enough to tell sharp from blurred.
        let scale = 160 / Double(max(frame.width, frame.height))
        let size = (max(1, Int(Double(frame.width) * scale)), max(1, Int(Double(frame.height) * scale)))
        let filter = grey ?? PictureFilter { VideoFilters.grey($0, size: size) }
        grey = filter
        var score = PictureScore(pixels: [], width: 0)
        try filter.process(frame) { score = PictureScore(pixels: $0.copyFirstPlane(), width: $0.width) }
        return score
    }
}
