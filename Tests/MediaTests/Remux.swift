import FFmpeg

/// Makes odd files of ordinary ones, without encoding.
enum Remux {
    /// Copies a file's two streams into Matroska, pictures only until a time.
    static func copy(_ source: String, to target: String, picturesUntil seconds: Double) throws {
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
            if demuxer.streams[index].kind == .video, time >= seconds { continue }
            try muxer.write(packet, stream: index)
        }
        try muxer.finish()
    }
}
