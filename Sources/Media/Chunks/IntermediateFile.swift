import FFmpeg

/// Encoded packets of one stream on their way from one worker to another.
///
/// NUT keeps codecs' headers, and times to the tick; MP4 would round the start of a chunk to milliseconds.
enum IntermediateFile {
    static let format = "nut"

    /// NUT has no times below 0, where encoders start, so the file's times are this much later.
    fileprivate static func shift(_ timeBase: Rational) -> Int64 { timeBase.units(seconds: 10) }
}

/// Writes an intermediate file.
final class IntermediateWriter {
    private let muxer: Muxer
    private let shift: Int64

    init(path: String, stream: StreamParameters) throws {
        muxer = try Muxer(path: path, format: IntermediateFile.format, streams: [stream])
        shift = IntermediateFile.shift(stream.timeBase)
    }

    func write(_ packet: consuming Packet) throws {
        packet.pts = packet.pts.map { $0 + shift }
        packet.dts = packet.dts.map { $0 + shift }
        try muxer.write(packet, stream: 0)
    }

    func finish() throws { try muxer.finish() }
}

/// Reads an intermediate file.
final class IntermediateReader {
    /// Times are in the unit that they were written in.
    let stream: StreamParameters
    private let demuxer: Demuxer
    private let deadline = Deadline(in: .seconds(60))
    private let shift: Int64

    /// `timeBase` is the unit of the packets that were written.
    init(
        path: String,
        timeBase: Rational,
        frameRate: Rational = Rational(0, 1),
        bitsPerSecond: Int? = nil
    ) throws {
        let options = Demuxer.Options(formats: [IntermediateFile.format])
        demuxer = try Demuxer(path: path, options: options, deadline: deadline)
        guard let first = demuxer.streams.first, demuxer.streams.count == 1 else {
            throw MediaError(.sourceUnreadable, "\(path) does not hold one stream; encode that piece again.")
        }
        stream = try StreamParameters(
            demuxer.parameters(of: first),
            timeBase: timeBase,
            frameRate: frameRate,
            bitsPerSecond: bitsPerSecond
        )
        shift = IntermediateFile.shift(timeBase)
    }

    /// Returns the next packet, or `nil` after the last.
    func nextPacket() throws -> Packet? {
        deadline.extend(to: .seconds(60))
        guard let packet = try demuxer.nextPacket() else { return nil }
        packet.rescaleTimes(from: demuxer.streams[0].timeBase, to: stream.timeBase)
        packet.pts = packet.pts.map { $0 - shift }
        packet.dts = packet.dts.map { $0 - shift }
        return packet
    }
}
