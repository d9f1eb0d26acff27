import Domain
import FFmpeg

/// Fetches single pictures of a source by seeking, and decodes no more than it must.
final class PictureFetcher {
    /// A decoded picture, as it is coded: not upright yet.
    struct Picture: ~Copyable {
        let frame: Frame
        /// When it is shown, counted from the source's origin.
        let seconds: Double
    }

    private let source: SourceFile
    private let decoder: Decoder
    private let timeBase: Rational
    private let origin: Int64

    /// Less of it is faster, and hardly seen in pictures that are scaled down by much.
    var deblocking = Deblocking.all {
        didSet {
            decoder.deblock(deblocking)
            keyframe = nil
            keyframeTime = nil
            shown = nil
            next = nil
        }
    }

    /// The last keyframe that was fetched, for the next one who asks.
    private var keyframe: Frame?
    private var keyframeTime: Int64?
    /// While decoding forward: the last picture up to the time that was asked for, and the one after it.
    private var shown: Frame?
    private var next: Frame?
    private var hasEnded = false

    init(_ source: SourceFile) throws {
        self.source = source
        decoder = try source.makeVideoDecoder(threads: 1)
        timeBase = source.video.timeBase
        origin = timeBase.units(seconds: source.originSeconds)
        source.demuxer.select([source.video.index])
    }

    /// The size of the pictures as shown.
    var size: PictureSize {
        let video = source.info.video
        return PictureSize(width: video.displayWidth, height: video.displayHeight)
    }

    /// The keyframe at or before a time, by the container's index; `nil` if that does not say.
    func indexedKeyframe(at seconds: Double) -> IndexedPacket? {
        source.demuxer.indexedKeyframe(before: origin + timeBase.units(seconds: seconds), in: source.video)
    }

    /// The keyframe at or before a time, or the first one; `nil` if it cannot be decoded alone.
    func keyframe(at seconds: Double) throws -> Picture? {
        guard let packet = try keyframePacket(at: seconds) else { return nil }
        let time = packet.pts ?? packet.dts
        if time == nil || time != keyframeTime {
            keyframe = try decode(packet)
            keyframeTime = time
        }
        return try picture(of: keyframe, at: time)
    }

    /// Decodes a keyframe without what follows.
    private func decode(_ packet: borrowing Packet) throws -> Frame? {
        defer { decoder.reset() }
        decoder.select(.keyframes)
        try? decoder.send(packet)
        try? decoder.sendEnd()
        if let frame = try? decoder.nextFrame() { return frame }
        // The packet may be the first of two fields.
        decoder.reset()
        decoder.select(.all)
        try? decoder.send(packet)
        while let field = try source.nextPacket() {
            guard field.streamIndex == source.video.index else { continue }
            try? decoder.send(field)
            try? decoder.sendEnd()
            return try? decoder.nextFrame()
        }
        return nil
    }

    /// The picture that is shown at a time; the last one if all end before it.
    ///
    /// Pictures that are asked for in the order of their times are decoded in one go while they are near each other.
    func picture(at seconds: Double) throws -> Picture {
        let target = origin + timeBase.units(seconds: seconds)
        if !isNear(target) {
            guard let packet = try keyframePacket(at: seconds) else { throw SourceFailure.damaged }
            decoder.select(.all)
            try? decoder.send(packet)
        }
        while let frame = try nextFrame(before: target) {
            let time = frame.bestEffortTimestamp ?? target
            if time > target, shown != nil {
                next = consume frame
                break
            }
            shown = consume frame
        }
        guard let picture = try picture(of: shown, at: Self.time(of: shown)) else { throw SourceFailure.damaged }
        return picture
    }

    /// Makes a coded picture upright SDR in square pixels, of a size that has the shape of `size`.
    func upright(_ frame: borrowing Frame, size: PictureSize) throws -> Frame {
        let orientation = VideoFilters.Orientation(
            rotationDegrees: source.video.rotationDegrees,
            isMirrored: source.video.isMirrored
        )
        return try frame.filtered { traits in
            VideoFilters.source(
                traits,
                orientation: orientation,
                size: (size.width, size.height),
                frameRateCap: nil,
                timeBase: timeBase,
                workingTimeBase: timeBase
            )
        }
    }

    /// Seeks; what comes before the first keyframe cannot be decoded.
    private func keyframePacket(at seconds: Double) throws -> Packet? {
        source.extendDeadline(to: .seconds(30))
        decoder.reset()
        shown = nil
        next = nil
        hasEnded = false
        do { try source.demuxer.seek(to: origin + timeBase.units(seconds: seconds), in: source.video) } catch {
            // A file that cannot be searched at all is read on from where it is.
            try? source.demuxer.rewind()
        }
        if let packet = try nextKeyframePacket() { return packet }
        // Without an index, a search may end behind the last keyframe.
        try? source.demuxer.rewind()
        return try nextKeyframePacket()
    }

    private func nextKeyframePacket() throws -> Packet? {
        while let packet = try source.nextPacket() {
            if packet.streamIndex == source.video.index, packet.isKeyframe { return packet }
        }
        return nil
    }

    /// Whether decoding on leads to `target` sooner than seeking.
    private func isNear(_ target: Int64) -> Bool {
        guard let time = Self.time(of: shown) else { return false }
        return time <= target && target - time < timeBase.units(seconds: 5)
    }

    /// The next picture in the order of showing; skips those before `target` that no other depends on.
    private func nextFrame(before target: Int64) throws -> Frame? {
        if let frame = next.take() { return frame }
        while true {
            if let frame = try? decoder.nextFrame() { return frame }
            if hasEnded { return nil }
            guard let packet = try source.nextPacket() else {
                hasEnded = true
                try? decoder.sendEnd()
                continue
            }
            guard packet.streamIndex == source.video.index else { continue }
            let isLongBefore = (packet.pts ?? target) < target - timeBase.units(seconds: 0.5)
            decoder.select(isLongBefore ? .references : .all)
            try? decoder.send(packet)
        }
    }

    private static func time(of frame: borrowing Frame?) -> Int64? {
        switch frame {
        case .some(let frame): frame.bestEffortTimestamp
        case .none: nil
        }
    }

    private func picture(of frame: borrowing Frame?, at time: Int64?) throws -> Picture? {
        switch frame {
        case .some(let frame):
            let seconds = time.map { Double($0 - origin) * timeBase.doubleValue } ?? 0
            return Picture(frame: try frame.clone(), seconds: max(0, seconds))
        case .none: return nil
        }
    }
}
