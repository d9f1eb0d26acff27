import FFmpeg

/// Measures stereo as EBU R 128 says.
final class LoudnessMeter {
    private let graph: FilterGraph
    private let sink: FilterGraph.Sink
    private var loudness = Loudness(integrated: nil, truePeak: -.infinity)

    /// Measures what comes out after `leveling`.
    init(_ leveling: Leveling, sampleRate: Int) throws {
        graph = try FilterGraph(AudioFilters.meter(leveling, sampleRate: sampleRate))
        sink = try graph.sink("abuffersink@out")
    }

    func add(_ frame: consuming Frame) throws {
        try graph.push(frame)
        try read()
    }

    func finish() throws -> Loudness {
        try graph.pushEnd()
        try read()
        return loudness
    }

    /// Every frame says how loud everything was up to its end.
    private func read() throws {
        while let frame = try sink.nextFrame() {
            if let text = frame.metadata("lavfi.r128.I"), let integrated = Double(text) {
                loudness.integrated = integrated > Loudness.gate ? integrated : nil
            }
            // An amplitude, rounded to three digits.
            if let text = frame.metadata("lavfi.r128.true_peak"), let peak = Double(text) {
                loudness.truePeak = Decibels.level(peak + 0.0005)
            }
        }
    }
}
