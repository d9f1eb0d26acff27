import Domain

/// The sizes that a source is encoded at.
struct Ladder {
    private let video: VideoStream
    private let steps: [PipelineDefinition.Rung]

    /// `steps` are those of all codecs.
    init(_ video: VideoStream, _ steps: [PipelineDefinition.Rung]) {
        self.video = video
        self.steps = steps
    }

    /// Of every codec the rungs that are not larger than the source, or one of the source's own size.
    var rungs: [TranscodePlan.Rung] {
        PipelineDefinition.VideoCodec.allCases.flatMap { codec in rungs(of: steps.filter { $0.codec == codec }) }
    }

    private func rungs(of steps: [PipelineDefinition.Rung]) -> [TranscodePlan.Rung] {
        let fitting = steps.filter { $0.shortSide <= video.shortSide }
        guard fitting.isEmpty, var smallest = steps.last else { return fitting.map(rung) }
        smallest.shortSide = max(2, video.shortSide & ~1)
        return [rung(smallest)]
    }

    /// The rung that the source itself is, with the settings of the step above; `nil` if it is larger than them all.
    var copiedRung: TranscodePlan.Rung? {
        guard var step = step(for: video.shortSide) else { return nil }
        step.shortSide = video.shortSide
        var copied = rung(step)
        (copied.width, copied.height, copied.isCopied) = (video.displayWidth, video.displayHeight, true)
        return copied
    }

    /// A rung that is made fast, at most as large as asked for.
    func quickRung(_ shortSide: Int) -> TranscodePlan.Rung {
        let side = max(2, min(shortSide, video.shortSide) & ~1)
        // There is an H.264 ladder in every definition.
        var quick = step(for: side) ?? steps[0]
        (quick.shortSide, quick.speed) = (side, .fast)
        return rung(quick)
    }

    /// The smallest step of H.264 that is not smaller.
    private func step(for shortSide: Int) -> PipelineDefinition.Rung? {
        steps.last { $0.codec == .h264 && $0.shortSide >= shortSide }
    }

    private func rung(_ settings: PipelineDefinition.Rung) -> TranscodePlan.Rung {
        let (width, height) = (video.displayWidth, video.displayHeight)
        let scale = Double(settings.shortSide) / Double(min(width, height))
        // 4:2:0 needs even sides; rounding must not make the picture longer than the source.
        let even = Int(saturating: min(Double(max(width, height)) * scale / 2, 1e9).rounded()) * 2
        let longSide = max(2, min(even, max(width, height) & ~1))
        let isPortrait = height > width
        let codec = settings.codec == .h264 ? "" : "-\(settings.codec.rawValue)"
        return TranscodePlan.Rung(
            name: "\(settings.shortSide)\(codec)",
            width: isPortrait ? settings.shortSide : longSide,
            height: isPortrait ? longSide : settings.shortSide,
            settings: settings
        )
    }
}
