import FFmpeg

/// Makes odd files of ordinary ones, without encoding.
enum Remux {
    /// Copies a file's two streams into Matroska, pictures and sound only until a time.
    static func copy(
        _ source: String,
        to target: String,
        picturesUntil seconds: Double,
        soundUntil soundSeconds: Double = .infinity
    ) throws {
        let demuxer = try Demuxer(
            path: source,
            options: .init(formats: ["mov", "matroska"]),
            deadline: Deadline(in: .seconds(30))
        )
        let streams = try demuxer.streams.map { try demuxer.parameters(of: $0) }
        let muxer = try Muxer(path: target, format: "matroska", streams: streams)
        while let packet = try demuxer.nextPacket() {
            let index = packet.streamIndex
            let time = Double(packet.pts ?? 0) * demuxer.streams[index].timeBase.doubleValue
            if time >= (demuxer.streams[index].kind == .video ? seconds : soundSeconds) { continue }
            try muxer.write(packet, stream: index)
        }
        try muxer.finish()
    }
}
