import FFmpeg

/// Passes the source's own packets on as a rendition's, with times from 0 on.
///
/// Works on the reader's thread.
final class PacketCopier {
    private let rung: Int
    private let stream: StreamParameters
    private let origin: Int64
    private let output: BoundedQueue<EncodedUnit>
    private var isFirst = true
    private var end: Int64 = 0

    /// `origin` is the source's timestamp that becomes 0.
    init(rung: Int, _ stream: StreamParameters, origin: Int64, output: BoundedQueue<EncodedUnit>) {
        self.rung = rung
        self.stream = stream
        self.origin = origin
        self.output = output
    }

    /// When the last picture ends, in seconds.
    var endSeconds: Double { Double(end) * stream.timeBase.doubleValue }

    func copy(_ packet: borrowing Packet) throws {
        guard let pts = packet.pts, let dts = packet.dts else { return }
        if isFirst { try output.push(.videoStream(rung: rung, stream)) }
        let copy = try packet.clone()
        // Whatever is shown first is shown from the start, as where pictures are decoded.
        copy.pts = isFirst ? 0 : pts - origin
        copy.dts = isFirst ? min(0, dts - origin) : dts - origin
        isFirst = false
        end = max(end, pts - origin + packet.duration)
        try output.push(.video(rung: rung, copy))
    }

    func finish() throws { try output.push(.videoEnd(rung: rung)) }
}
