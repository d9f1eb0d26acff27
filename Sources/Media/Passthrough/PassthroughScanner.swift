import Domain
import FFmpeg

/// Reads the packets of a source's pictures, without decoding more than the first, to tell whether they may be copied.
struct PassthroughScanner {
    private let source: SourceFile
    private let configuration: AVCConfiguration
    private let timeBase: Double
    private var times: [Int64] = []
    private var keyframes: [Int64] = []
    private var isRegular = true
    private var isClosed = true
    private var lastDTS = Int64.min
    private var lastDuration: Int64 = 0
    private var latest = Int64.min
    private var bytes = 0
    private var bytesOfSeconds: [Int64: Int] = [:]

    /// The facts; `nil` for a source that plainly has to be encoded.
    static func facts(of path: String, limits: PipelineDefinition.Limits) throws -> PassthroughFacts? {
        let source = try SourceFile(path: path, limits: limits)
        guard
            source.video.codec == "h264", source.video.rotationDegrees == 0, !source.video.isMirrored,
            // What the container says about the pixels' shape goes before what the stream says.
            !source.video.isInterlaced, source.video.sampleAspectRatio.doubleValue == 1,
            let configuration = AVCConfiguration(source.video.extradata)
        else { return nil }
        var scanner = PassthroughScanner(source, configuration)
        return try scanner.scan()
    }

    private init(_ source: SourceFile, _ configuration: AVCConfiguration) {
        self.source = source
        self.configuration = configuration
        timeBase = source.video.timeBase.doubleValue
    }

    private mutating func scan() throws -> PassthroughFacts? {
        source.demuxer.select([source.video.index])
        let decoder = try source.makeVideoDecoder(threads: 1)
        var picture: PictureTraits?
        while let packet = try source.nextPacket() {
            source.extendDeadline(to: .seconds(30))
            if picture == nil { picture = try Self.decode(packet, with: decoder) }
            // The first picture decides alone, and an open GOP is found at its start.
            guard picture != nil, note(packet), isRegular, isClosed else { return nil }
        }
        guard let picture else { return nil }
        return facts(picture)
    }

    /// Decodes one packet on its own.
    private static func decode(_ packet: borrowing Packet, with decoder: Decoder) throws -> PictureTraits? {
        try decoder.send(packet)
        try decoder.sendEnd()
        return try decoder.nextFrame()?.traits
    }

    /// Whether the packet has all it needs.
    private mutating func note(_ packet: borrowing Packet) -> Bool {
        guard let pts = packet.pts, let dts = packet.dts else { return false }
        if packet.isKeyframe {
            isClosed = isClosed && pts > latest && configuration.canStart(at: packet.copyBytes())
            keyframes.append(pts)
        }
        isClosed = isClosed && pts >= (keyframes.last ?? .max)
        isRegular = isRegular && dts > lastDTS && dts <= pts
        (lastDTS, latest) = (dts, max(latest, pts))
        if latest == pts { lastDuration = packet.duration }
        times.append(pts)
        bytes += packet.count
        let second = Rational(1, 1).units(seconds: (Double(dts) * timeBase).rounded(.down))
        bytesOfSeconds[second, default: 0] += packet.count
        return true
    }

    private mutating func facts(_ picture: PictureTraits) -> PassthroughFacts? {
        times.sort()
        let distances = zip(times, times.dropFirst()).map { $1 - $0 }
        guard let first = times.first, let shortest = distances.min(), let longest = distances.max() else { return nil }
        let video = source.video
        let origin = source.originSeconds
        let seconds = Double(latest + max(lastDuration, shortest) - first) * timeBase
        // Pictures that are all shown at once, for no time: no rate can be told.
        guard seconds > 0 else { return nil }
        return PassthroughFacts(
            codec: video.codec,
            profile: configuration.profile,
            level: configuration.level,
            picture: picture,
            rotationDegrees: video.rotationDegrees,
            isMirrored: video.isMirrored,
            framesPerSecond: Double(times.count) / seconds,
            keyframeTimes: keyframes.map { Double($0) * timeBase - origin },
            hasClosedGOPs: isClosed,
            hasRegularTimes: isRegular && shortest > 0,
            startSeconds: Double(first) * timeBase - origin,
            endSeconds: Double(first) * timeBase - origin + seconds,
            soundEndSeconds: source.audio.flatMap { source.statedEnd(of: $0) },
            shortestFrame: Double(shortest) * timeBase,
            longestFrame: Double(longest) * timeBase,
            averageBitsPerSecond: Int(saturating: Double(bytes) * 8 / seconds),
            peakBitsPerSecond: (bytesOfSeconds.values.max() ?? 0) * 8
        )
    }
}
