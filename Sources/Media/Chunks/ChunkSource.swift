import FFmpeg

/// A source that stands where the pictures of a window can be decoded from.
struct ChunkSource {
    let file: SourceFile
    let start: ReadingStart
    /// What the source's first picture says: all chunks must say the same.
    let color: OutputColor

    /// Filters with memory, the deinterlacer for one, must see what is before a window and behind it.
    static let marginSeconds = 0.5
    /// What is encoded before a window and not kept: rate control, which starts with a guess, has then seen what one
    /// encode of the whole would have.
    static let warmUpSeconds = 1.0

    init(path: String, limits: PipelineDefinition.Limits, window: ChunkWindow) throws {
        let file = try SourceFile(path: path, limits: limits)
        let first = try FirstPicture(of: file)
        color = OutputColor(for: first.traits)
        // Containers seek by times of decoding, or only near, so what comes is looked at; the last resort is to decode
        // everything before.
        for lead in [2.0, 5, 30] where window.startSeconds > lead {
            let target = window.startSeconds - lead
            guard let picture = try? Self.seek(file, to: target), let timestamp = picture.timestamp else { continue }
            if timestamp == first.timestamp { break }
            let seconds = Double(timestamp) * file.video.timeBase.doubleValue - file.originSeconds
            guard picture.isKeyframe, seconds <= window.startSeconds - Self.warmUpSeconds - Self.marginSeconds else { continue }
            try Self.place(file, at: target)
            (self.file, start) = (file, .laterPicture)
            return
        }
        self.file = try SourceFile(path: path, limits: limits)
        start = .firstPicture
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
