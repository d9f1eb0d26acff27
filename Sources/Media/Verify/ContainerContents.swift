import FFmpeg

/// What is really inside one output: every packet is read and the first picture decoded.
struct ContainerContents {
    var width = 0
    var height = 0
    var hasSound = false
    var frameCount = 0
    var soundPacketCount = 0
    /// What the container says; packets do not tell how long the last picture is shown.
    var statedSeconds = 0.0
    /// When the last picture is shown, in seconds from the first.
    var lastPictureTime = 0.0
    /// The times of pictures that decoding can start at, in seconds from the first picture.
    var keyframeTimes: [Double] = []
    /// When the sound starts after the first picture, in seconds; after the encoder's delay is cut.
    var soundOffset = 0.0

    /// `formats` names the demuxers that may open it.
    ///
    /// Throws `MalformedMedia`.
    init(path: String, formats: [String]) throws {
        do { try read(path, formats) } catch let error as FFmpegError {
            throw MalformedMedia("cannot be played: \(error)")
        }
    }

    private mutating func read(_ path: String, _ formats: [String]) throws {
        let options = Demuxer.Options(formats: formats)
        let demuxer = try Demuxer(path: path, options: options, deadline: Deadline(in: .seconds(600)))
        guard let video = StreamChoice.video(of: demuxer.streams) else {
            throw MalformedMedia("has no pictures")
        }
        let audio = StreamChoice.audio(of: demuxer.streams)
        (width, height, hasSound) = (video.width, video.height, audio != nil)
        statedSeconds = demuxer.durationSeconds ?? 0
        let decoder = try Decoder(demuxer.parameters(of: video))
        var span = Span()
        var hasPicture = false
        while let packet = try demuxer.nextPacket() {
            if packet.streamIndex == video.index {
                note(picture: packet, video.timeBase, &span)
                if !hasPicture { hasPicture = try decode(packet, with: decoder) }
            } else if packet.streamIndex == audio?.index, let audio {
                note(sound: packet, audio.timeBase, &span)
            }
        }
        if !hasPicture { hasPicture = try finish(decoder) }
        guard hasPicture else { throw MalformedMedia("has no picture that decodes") }
        summarize(span)
    }

    /// The times of what was read, in seconds.
    private struct Span {
        var pictures: ClosedRange<Double>?
        var firstSound: Double?
        var keyframes: [Double] = []
    }

    private mutating func note(picture packet: borrowing Packet, _ timeBase: Rational, _ span: inout Span) {
        frameCount += 1
        guard let pts = packet.pts else { return }
        let time = Double(pts) * timeBase.doubleValue
        let known = span.pictures ?? time...time
        span.pictures = min(known.lowerBound, time)...max(known.upperBound, time)
        if packet.isKeyframe { span.keyframes.append(time) }
    }

    private mutating func note(sound packet: borrowing Packet, _ timeBase: Rational, _ span: inout Span) {
        soundPacketCount += 1
        guard let pts = packet.pts else { return }
        // Samples that only prime the decoder have times before 0 and are not heard.
        let time = max(0, Double(pts) * timeBase.doubleValue)
        span.firstSound = min(span.firstSound ?? time, time)
    }

    private mutating func summarize(_ span: Span) {
        guard let pictures = span.pictures else { return }
        lastPictureTime = pictures.upperBound - pictures.lowerBound
        keyframeTimes = span.keyframes.map { $0 - pictures.lowerBound }
        soundOffset = span.firstSound.map { $0 - pictures.lowerBound } ?? 0
    }

    private func decode(_ packet: borrowing Packet, with decoder: Decoder) throws -> Bool {
        try decoder.send(packet)
        return try decoder.nextFrame() != nil
    }

    private func finish(_ decoder: Decoder) throws -> Bool {
        try decoder.sendEnd()
        return try decoder.nextFrame() != nil
    }
}
