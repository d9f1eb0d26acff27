import Domain
import FFmpeg

/// Passes on the packets of a source's AAC as they are, with exact times.
struct SoundCopy {
    let track: SoundTrack
    let run: AACRun
    let timeline: Timeline
    let output: BoundedQueue<EncodedUnit>

    func run(_ input: BoundedQueue<Packet>) throws {
        let stream = try StreamParameters(
            track.stream,
            timeBase: Rational(1, run.sampleRate),
            frameRate: Rational(0, 1)
        )
        timeline.hasSound = true
        try output.push(.audioStream(stream))
        var index = 0
        while let packet = try input.pop() {
            if index < run.packetCount { try pass(packet, index) }
            index += 1
        }
    }

    private func pass(_ packet: consuming Packet, _ index: Int) throws {
        let start = Int64(saturating: (run.startSeconds * Double(run.sampleRate)).rounded())
        packet.pts = start.addingClamped(Int64(index * AACRun.samplesPerPacket))
        packet.dts = packet.pts
        packet.duration = Int64(duration(index))
        try output.push(.audio(packet))
    }

    /// The last packet is padded to its full size; the container knows where the sound really ends.
    private func duration(_ index: Int) -> Int {
        guard index == run.packetCount - 1, let statedEnd = track.statedEnd else { return AACRun.samplesPerPacket }
        let padding = ((run.endSeconds - statedEnd) * Double(run.sampleRate)).rounded()
        return Int(saturating: min(Double(AACRun.samplesPerPacket), max(1, Double(AACRun.samplesPerPacket) - padding)))
    }
}
