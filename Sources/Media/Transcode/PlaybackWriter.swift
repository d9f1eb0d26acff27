import FFmpeg

/// Writes `play.mp4` from the packets of one rendition: encoded once, muxed twice.
final class PlaybackWriter {
    private let path: String
    private var muxer: Muxer?

    init(path: String) { self.path = path }

    func open(_ streams: [StreamParameters]) throws {
        // `faststart` moves the index in front, so that playback starts with the first bytes.
        muxer = try Muxer(path: path, format: "mp4", streams: streams, options: ["movflags": "+faststart"])
    }

    func write(picture packet: consuming Packet) throws { try muxer?.write(packet, stream: 0) }

    func write(sound packet: consuming Packet) throws { try muxer?.write(packet, stream: 1) }

    func finish() throws { try muxer?.finish() }
}
