import FFmpeg
import Foundation

/// Picks the cover among keyframes of the source, without decoding what is between them.
struct KeyframeCover {
    let source: SourceFile
    let plan: TranscodePlan
    let settings: PipelineDefinition.Cover
    let durationSeconds: Double
    let cancellation: Cancellation

    func write(to url: URL) throws {
        let selector = CoverSelector(settings: settings, durationSeconds: durationSeconds)
        let interval = durationSeconds / Double(settings.candidates)
        for index in 0..<settings.candidates {
            if cancellation.isCancelled { throw MediaError(.cancelled, "The work was cancelled.") }
            let seconds = (Double(index) + 0.5) * interval
            // Where a container cannot seek, the next pictures do.
            try? ChunkSource.place(source, at: seconds)
            try consider(selector, at: seconds)
        }
        try selector.write(to: url)
    }

    private func consider(_ selector: CoverSelector, at seconds: Double) throws {
        let decoder = try source.makeVideoDecoder(threads: 1)
        source.demuxer.select([source.video.index])
        let filter = makeFilter()
        while let packet = try source.nextPacket() {
            guard (try? decoder.send(packet)) != nil, let frame = try? decoder.nextFrame() else { continue }
            try filter.process(frame) { try selector.consider($0, at: seconds) }
            return try filter.finish { try selector.consider($0, at: seconds) }
        }
    }

    private func makeFilter() -> PictureFilter {
        let rung = plan.rungs[plan.playbackRung]
        let timeBase = source.video.timeBase
        let orientation = VideoFilters.Orientation(
            rotationDegrees: source.video.rotationDegrees,
            isMirrored: source.video.isMirrored
        )
        return PictureFilter { traits in
            VideoFilters.source(
                traits,
                orientation: orientation,
                size: (rung.width, rung.height),
                frameRateCap: nil,
                timeBase: timeBase,
                workingTimeBase: TranscodePlan.workingTimeBase(for: timeBase)
            )
        }
    }
}
