import FFmpeg

/// Packets of AAC-LC in stereo that follow each other without a gap, as they must to be copied.
///
/// Each holds 1024 samples, so from the first one's time follow all others', exactly: containers often round them.
struct AACRun: Sendable, Equatable {
    static let samplesPerPacket = 1024
    /// How far a packet's time may be from where the ones before it put it, in seconds.
    static let maxDrift = 0.01
    /// What may be cut off before time 0: the samples that only prime a decoder, 2112 with Apple's encoder.
    static let maxPriming = 0.1

    let sampleRate: Int
    /// The time of the first packet, in seconds: 0, or less when its samples prime the decoder.
    private(set) var startSeconds = 0.0
    private(set) var packetCount = 0
    private(set) var byteCount = 0
    /// Whether nothing was found that a copy would not play as the source does.
    private(set) var isUnbroken = true

    private let timeBase: Rational
    private let originSeconds: Double
    private var hasEnded = false

    /// `nil` for sound that is not AAC-LC in stereo at a sample rate that cannot be taken for HE-AAC's.
    init?(of track: SoundTrack) {
        let info = track.info
        guard info.codec == "aac", info.profile == "LC", info.channels == 2, (32_000...48_000).contains(info.sampleRate)
        else { return nil }
        guard Self.isPlain(info.extradata) else { return nil }
        sampleRate = info.sampleRate
        timeBase = info.timeBase
        originSeconds = track.originSeconds
    }

    /// Whether an AudioSpecificConfig (ISO/IEC 14496-3, 1.6.2.1) says: object type 2, two channels, 1024 samples.
    ///
    /// A transport stream has none; each of its packets has a header, which MP4 does not know.
    private static func isPlain(_ configuration: [UInt8]) -> Bool {
        guard configuration.count >= 2 else { return false }
        let (first, second) = (configuration[0], configuration[1])
        return first >> 3 == 2 && second >> 3 & 0xf == 2 && second >> 2 & 1 == 0
    }

    mutating func add(_ packet: borrowing Packet) {
        guard let pts = packet.pts else {
            isUnbroken = false
            return
        }
        add(time: Double(pts) * timeBase.doubleValue - originSeconds, packet.count, isDiscarded: packet.isDiscarded)
    }

    /// `time` is in seconds.
    mutating func add(time: Double, _ bytes: Int, isDiscarded: Bool) {
        // An edit list may leave out the end.
        if isDiscarded, time > 0 { hasEnded = true }
        if hasEnded {
            if !isDiscarded { isUnbroken = false }
            return
        }
        if packetCount == 0 { startSeconds = time }
        if abs(time - endSeconds) > Self.maxDrift { isUnbroken = false }
        packetCount += 1
        byteCount += bytes
    }

    var endSeconds: Double {
        startSeconds + Double(packetCount * Self.samplesPerPacket) / Double(sampleRate)
    }

    var bitsPerSecond: Double {
        packetCount == 0 ? 0 : Double(byteCount * 8) / (endSeconds - startSeconds)
    }

    /// Whether the packets can be copied: nothing missing, not larger than asked for, from the start to the end.
    ///
    /// A late start would need silence in front; a player would start the sound too early. The same goes for sound
    /// that stops before the pictures, which the container says end at `picturesEnd`.
    func isCopyable(_ settings: PipelineDefinition.Audio, picturesEnd: Double?) -> Bool {
        guard isUnbroken, packetCount > 0, let picturesEnd else { return false }
        let limit = min(Double(settings.bitsPerSecond) * 1.5, 192_000)
        // Half a sample late is on time.
        let startsOnTime = startSeconds >= -Self.maxPriming && startSeconds * Double(sampleRate) <= 0.5
        return startsOnTime && endSeconds >= picturesEnd - 0.1 && bitsPerSecond <= limit
    }
}
