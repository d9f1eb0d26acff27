import Domain
import Foundation

extension PipelineDefinition.Limits {
    /// Why a file that is like `info` is refused; `nil` when it is within every limit.
    func refusal(of info: MediaInfo, isDurationKnown: Bool = true) -> MediaRefusal? {
        durationRefusal(info, isDurationKnown) ?? pictureRefusal(info.video) ?? expenseRefusal(info)
    }

    private func durationRefusal(_ info: MediaInfo, _ isKnown: Bool) -> MediaRefusal? {
        if info.durationSeconds > maxSeconds {
            return MediaRefusal(
                .tooLong,
                "The video lasts longer than \(Self.duration(maxSeconds)); cut it to that length or less."
            )
        }
        if isKnown, info.durationSeconds < minSeconds {
            return MediaRefusal(
                .tooShort,
                "The video lasts less than \(minSeconds) seconds; upload one with more than a single picture."
            )
        }
        return nil
    }

    private func pictureRefusal(_ video: VideoStream) -> MediaRefusal? {
        let (width, height) = (video.displayWidth, video.displayHeight)
        let longSide = max(width, height)
        if longSide > maxSide || video.width * video.height > maxPixels || width * height > maxPixels {
            return MediaRefusal(
                .tooManyPixels,
                "The picture is \(width) × \(height) pixels, and a side may have at most \(maxSide); export it smaller."
            )
        }
        if video.shortSide < minSide {
            return MediaRefusal(
                .unsupportedFormat,
                "The picture is \(width) × \(height) pixels, and a side must have at least \(minSide); export it larger."
            )
        }
        if Double(longSide) > Double(video.shortSide) * maxAspectRatio {
            return MediaRefusal(
                .unsupportedFormat,
                "The picture is \(width) × \(height) pixels, too long and narrow to show; crop it and upload that."
            )
        }
        if video.frameRate > maxFrameRate {
            return MediaRefusal(
                .frameRateTooHigh,
                "The video has more than \(Int(saturating: maxFrameRate)) pictures per second; export it with 60 or fewer."
            )
        }
        return nil
    }

    private func expenseRefusal(_ info: MediaInfo) -> MediaRefusal? {
        let pixels = Double(info.video.width * info.video.height) * info.video.frameRate * info.durationSeconds
        guard pixels > maxTotalPixels else { return nil }
        return MediaRefusal(
            .tooExpensive,
            "The video has too many pixels for its length; export it shorter, smaller or with fewer pictures per second."
        )
    }

    /// For people: `30 minutes`, `90 seconds`.
    private static func duration(_ seconds: Double) -> String {
        let isMinutes = seconds >= 120 && seconds.truncatingRemainder(dividingBy: 60) == 0
        return isMinutes ? "\(Int(saturating: seconds / 60)) minutes" : "\(seconds.formatted()) seconds"
    }
}
