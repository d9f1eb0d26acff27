import FFmpeg

/// A filter graph that is built for the pictures that come, and again when they change.
///
/// libavfilter's source does not adapt itself: a picture of another size or
/// format must go through another graph.
final class PictureFilter {
    private let makeText: (PictureTraits) -> String
    private var graph: FilterGraph?
    private var sink: FilterGraph.Sink?
    private var traits: PictureTraits?

    /// `makeText` gives the graph's text for pictures like these; its end is called `buffersink@out`.
    init(makeText: @escaping (PictureTraits) -> String) { self.makeText = makeText }

    /// Filters a frame and hands on what comes out.
    func process(_ frame: borrowing Frame, _ emit: (consuming Frame) throws -> Void) throws {
        try adapt(to: frame.traits, emit)
        try graph?.push(frame)
        try drain(emit)
    }

    /// Hands on what is still inside.
    func finish(_ emit: (consuming Frame) throws -> Void) throws {
        try graph?.pushEnd()
        try drain(emit)
        graph = nil
        sink = nil
    }

    private func adapt(to newTraits: PictureTraits, _ emit: (consuming Frame) throws -> Void) throws {
        var wanted = newTraits
        // Sizes are planned for the whole file, so a changing aspect ratio changes nothing.
        wanted.sampleAspectRatio = Rational(1, 1)
        // The deinterlacer leaves progressive frames alone, so it can stay.
        wanted.isInterlaced = wanted.isInterlaced || traits?.isInterlaced == true
        guard wanted != traits else { return }
        try finish(emit)
        let graph = try FilterGraph(makeText(wanted))
        sink = try graph.sink("buffersink@out")
        self.graph = graph
        traits = wanted
    }

    private func drain(_ emit: (consuming Frame) throws -> Void) throws {
        while let frame = try sink?.nextFrame() { try emit(frame) }
    }
}
