import Domain
import FFmpeg

/// Reads the source once: decodes pictures for the first rung, and passes packets of sound on.
///
/// Works on the thread that made it.
final class SourceReader {
    /// How packets of pictures are passed on as they are.
    struct Copying {
        var copier: PacketCopier
        /// Decodes only the first keyframe of every so many seconds, for the cover; `nil` to decode all.
        var pictureInterval: Double?
    }

    private let source: SourceFile
    private let decoder: Decoder
    private let limits: PipelineDefinition.Limits
    private let frames: BoundedQueue<Frame>
    private let sound: BoundedQueue<Packet>?
    private let timeline: Timeline
    private let cancellation: Cancellation
    private let copying: Copying?

    private let timeBase: Rational
    private let usualDuration: Int64
    private var clock: FrameClock
    private var lastFrame: Frame?
    private var pixels = 0.0
    private(set) var frameCount = 0
    /// Packets that do not decode, and pictures of which parts are guessed.
    private(set) var brokenPictures = 0
    /// Failures to decode.
    private var brokenPackets = 0
    private var soundEnd = 0.0
    private var lastTime = -Double.infinity
    private let endSeconds: Double
    private var nextPictureTime = 0.0

    /// `start` says where the source stands already; nothing that is shown after `endSeconds` need be read.
    init(
        source: SourceFile,
        limits: PipelineDefinition.Limits,
        threads: Int,
        deblocking: Deblocking = .all,
        copying: Copying? = nil,
        frames: BoundedQueue<Frame>,
        sound: BoundedQueue<Packet>?,
        timeline: Timeline,
        cancellation: Cancellation,
        start: ReadingStart = .firstPicture,
        endSeconds: Double = .infinity
    ) throws {
        self.source = source
        self.limits = limits
        self.frames = frames
        self.sound = sound
        self.timeline = timeline
        self.cancellation = cancellation
        self.copying = copying
        decoder = try source.makeVideoDecoder(threads: threads, deblocking: deblocking)
        timeBase = source.video.timeBase
        // Thinning happens later, so this is the source's own rate.
        let rate = source.video.frameRate.doubleValue
        usualDuration = timeBase.units(seconds: 1 / (rate > 0 ? rate : 25))
        self.endSeconds = endSeconds
        clock = FrameClock(
            origin: timeBase.units(seconds: source.originSeconds),
            usualDuration: usualDuration,
            start: start
        )
        source.demuxer.select(Set([source.video.index, source.audio?.index].compactMap { $0 }))
    }

    /// Reads to the end and ends the queues.
    func run() throws {
        while let packet = try nextPacket() {
            if packet.streamIndex == source.video.index {
                try copying?.copier.copy(packet)
                if let interval = copying?.pictureInterval {
                    try decodeKeyframe(packet, every: interval)
                } else {
                    try decode(packet)
                }
            } else if packet.streamIndex == source.audio?.index {
                try noteSoundEnd(packet)
                try sound?.push(packet)
            }
            if lastTime >= endSeconds { return endQueues() }
        }
        try? decoder.sendEnd()
        try passFrames()
        if let copying { timeline.endSeconds = copying.copier.endSeconds }
        try refuseIncomplete()
        showLastFrameAsStated()
        if copying == nil { try holdLastFrame() } else { try stretchLastFrame() }
        try copying?.copier.finish()
        endQueues()
    }

    private func endQueues() {
        frames.end()
        sound?.end()
    }

    private func nextPacket() throws -> Packet? {
        if cancellation.isCancelled { throw MediaError(.cancelled, "The work was cancelled.") }
        source.extendDeadline(to: .seconds(30))
        return try source.nextPacket()
    }

    /// Decodes a packet; a broken one costs its own pictures only.
    private func decode(_ packet: borrowing Packet) throws {
        do { try decoder.send(packet) } catch { noteBrokenPacket() }
        try passFrames()
    }

    /// Decodes a keyframe on its own, if its turn has come.
    private func decodeKeyframe(_ packet: borrowing Packet, every interval: Double) throws {
        let time = Double(packet.pts ?? 0) * timeBase.doubleValue - source.originSeconds
        guard packet.isKeyframe, time >= nextPictureTime else { return }
        nextPictureTime = time + interval
        try decode(packet)
        try? decoder.sendEnd()
        try passFrames()
        decoder.reset()
    }

    private func passFrames() throws {
        while let frame = try nextFrame() {
            guard let time = clock.time(of: frame.bestEffortTimestamp) else { continue }
            frame.pts = time
            if frame.isDamaged { brokenPictures += 1 }
            try account(for: frame)
            lastTime = Double(time) * timeBase.doubleValue
            let duration = frame.duration > 0 ? frame.duration : usualDuration
            timeline.endSeconds = Double(time + duration) * timeBase.doubleValue
            lastFrame = try frame.clone()
            try frames.push(frame)
        }
    }

    private func noteBrokenPacket() {
        brokenPackets += 1
        brokenPictures += 1
    }

    private func nextFrame() throws -> Frame? {
        while true {
            do { return try decoder.nextFrame() } catch {
                noteBrokenPacket()
                // A decoder that fails without taking anything would fail forever.
                if brokenPackets > 100 + frameCount { throw SourceFailure.damaged }
            }
        }
    }

    /// Stops at a source that decodes to far more than its headers said.
    private func account(for frame: borrowing Frame) throws {
        frameCount += 1
        pixels += Double(frame.width * frame.height)
        if pixels > limits.maxTotalPixels * Self.slackOfLimits { throw SourceFailure.tooMuchInside }
        if timeline.endSeconds > limits.maxSeconds * Self.slackOfLimits { throw SourceFailure.tooMuchInside }
        if Double(frameCount) > 100 + limits.maxFrameRate * max(1, timeline.endSeconds) * Self.slackOfLimits {
            throw SourceFailure.tooMuchInside
        }
    }

    /// How far contents may go beyond limits that the headers, which round and leave out, were within.
    static let slackOfLimits = 1.1

    /// Refuses a source of which too little could be decoded: a stub must not pass for the whole.
    private func refuseIncomplete() throws {
        if Self.isTooMuchBroken(brokenPictures, of: frameCount) { throw SourceFailure.damaged }
        // What is copied must decode without a fault, or the other renditions would show something else.
        if copying != nil, brokenPictures > 0 { throw CopyFailure.brokenPackets }
        let promised = source.promisedSeconds
        let decoded = max(timeline.endSeconds, soundEnd)
        if isTooLittle(decoded, of: promised) { throw SourceFailure.truncated }
        // Sound that is whole does not make up for pictures that are missing, nor the other way round.
        if let end = source.statedEnd(of: source.video), isTooLittle(timeline.endSeconds, of: end) {
            throw SourceFailure.truncated
        }
        if let audio = source.audio, let end = source.statedEnd(of: audio), isTooLittle(soundEnd, of: end) {
            throw SourceFailure.truncated
        }
    }

    /// The part of all pictures, or of the sound, that may be lost or guessed.
    static let maxBrokenShare = 1 - SourceFile.leastShare

    /// Whether so many pictures are lost or guessed that the rest must not pass for the whole; one may always be.
    static func isTooMuchBroken(_ broken: Int, of frames: Int) -> Bool {
        frames == 0 || Double(broken) > max(1, Double(frames) * maxBrokenShare)
    }

    /// Whether so much is missing at the end that the rest must not pass for the whole.
    private func isTooLittle(_ seconds: Double, of promised: Double) -> Bool {
        // The duration of the last picture is a guess.
        seconds < promised * SourceFile.leastShare - Double(usualDuration) * timeBase.doubleValue
    }

    /// Believes the container about the last picture's duration, which decoders often guess too short.
    private func showLastFrameAsStated() {
        guard let stated = source.statedEnd(of: source.video) else { return }
        let missing = stated - timeline.endSeconds
        if missing > 0, missing < 0.5 { timeline.endSeconds = stated }
    }

    private func noteSoundEnd(_ packet: borrowing Packet) throws {
        guard let audio = source.audio, let pts = packet.pts else { return }
        let end = Double(pts + packet.duration) * audio.timeBase.doubleValue - source.originSeconds
        // The last packet is padded to the codec's frame size; the container knows where the sound really ends.
        soundEnd = max(soundEnd, min(end, source.statedEnd(of: audio) ?? end))
        if soundEnd > limits.maxSeconds * Self.slackOfLimits { throw SourceFailure.tooMuchInside }
    }

    /// Shows the last picture until the sound ends, without repeating it, as what is copied cannot be.
    private func stretchLastFrame() throws {
        if soundEnd > timeline.endSeconds + PassthroughCheck.maxSoundAlone { throw CopyFailure.soundOutlastsPictures }
        timeline.endSeconds = max(timeline.endSeconds, soundEnd)
    }

    /// Shows the last picture until the sound ends: every segment needs pictures, and players stop without.
    private func holdLastFrame() throws {
        guard soundEnd > timeline.endSeconds else { return }
        guard let frame = lastFrame.take(), let last = frame.pts else { return }
        // At least a unit of a coarse time base: nothing else lets the loop end.
        let interval = max(1, usualDuration, timeBase.units(seconds: 1.0 / 30))
        var time = last + interval
        let end = timeBase.units(seconds: min(soundEnd, endSeconds))
        while time + interval <= end {
            if cancellation.isCancelled { throw MediaError(.cancelled, "The work was cancelled.") }
            let copy = try frame.clone()
            copy.pts = time
            try frames.push(copy)
            time += interval
        }
        timeline.endSeconds = soundEnd
    }
}
