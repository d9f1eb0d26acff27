import FFmpeg

/// A source that stands where the pictures of a window can be decoded from.
struct ChunkSource {
    let file: SourceFile
    let start: ReadingStart
    /// What the source's first picture says: all chunks must say the same.
    let color: OutputColor

    /// Filters with memory, the deinterlacer for one, must see what is before a window and behind it, and so must
    /// encoders, which spend more on what later pictures refer to.
    static let marginSeconds = 0.5
    /// What is encoded before a window and not kept, if so much is shown within `warmUpSeconds`: rate control, which
    /// starts with a guess, has then seen what one encode of the whole would have.
    static let warmUpPictures = 15
    static let warmUpSeconds = 1.0

    init(path: String, limits: PipelineDefinition.Limits, window: ChunkWindow) throws {
        let file = try SourceFile(path: path, limits: limits)
        let first = try FirstPicture(of: file)
        color = OutputColor(for: first.traits)
        if try Self.place(file, before: window.startSeconds, first: first) {
            (self.file, start) = (file, .laterPicture)
        } else {
            self.file = try SourceFile(path: path, limits: limits)
            start = .firstPicture
        }
    }

    /// Goes to a keyframe from which all is decoded that the pictures from `seconds` on need.
    ///
    /// Containers seek by times of decoding, or only near, so what comes out is
    /// looked at. The last resort, `false`, is to decode everything from the start.
    private static func place(_ file: SourceFile, before seconds: Double, first: FirstPicture) throws -> Bool {
        for lead in [2.0, 5, 30] where seconds > lead {
            guard
                let picture = try? seek(file, to: seconds - lead),
                let timestamp = picture.timestamp, picture.isKeyframe
            else { continue }
            if timestamp == first.timestamp { return false }
            let time = Double(timestamp) * file.video.timeBase.doubleValue - file.originSeconds
            guard time <= seconds - warmUpSeconds - marginSeconds else { continue }
            try place(file, at: seconds - lead)
            return true
        }
        return false
    }

    /// Goes to a keyframe before `seconds`, and looks what is decoded from there.
    private static func seek(_ file: SourceFile, to seconds: Double) throws -> FirstPicture {
        try place(file, at: seconds)
        return try FirstPicture(of: file)
    }

    static func place(_ file: SourceFile, at seconds: Double) throws {
        file.extendDeadline(to: .seconds(30))
        try file.demuxer.seek(to: file.video.timeBase.units(seconds: seconds + file.originSeconds), in: file.video)
    }
}

/// The picture that is decoded first from where a source stands.
private struct FirstPicture {
    var timestamp: Int64?
    var isKeyframe: Bool
    var traits: PictureTraits

    init(of source: SourceFile) throws {
        let decoder = try source.makeVideoDecoder(threads: 1)
        source.demuxer.select([source.video.index])
        while let packet = try source.nextPacket() {
            guard (try? decoder.send(packet)) != nil else { continue }
            if let frame = try? decoder.nextFrame() {
                self.init(frame)
                return
            }
        }
        try? decoder.sendEnd()
        guard let frame = try? decoder.nextFrame() else { throw SourceFailure.damaged }
        self.init(frame)
    }

    private init(_ frame: borrowing Frame) {
        timestamp = frame.bestEffortTimestamp
        isKeyframe = frame.isKeyframe
        traits = frame.traits
    }
}
