import Domain
import FFmpeg
import Foundation
import Synchronization

/// Encodes the sound of a whole video, in one piece, while others encode its pictures.
struct SoundEncoder {
    let source: SourceFile
    let pipeline: PipelineDefinition
    /// A folder that exists.
    let output: URL
    let cancellation: Cancellation
    let progress: @Sendable (ProcessingProgress) -> Void

    func run() throws {
        let manifest = try SoundTrack(of: source).map { try encode($0) } ?? SoundManifest()
        try ManifestFile.write(manifest, to: output.appending(path: ChunkLayout.soundManifest))
    }

    private func encode(_ track: SoundTrack) throws -> SoundManifest {
        let sound = BoundedQueue<Packet>(capacity: 64)
        let units = BoundedQueue<EncodedUnit>(capacity: 64)
        let timeline = Timeline()
        let manifest = Mutex(SoundManifest())
        let threads = WorkerThreads {
            sound.cancel()
            units.cancel()
        }
        let stage = AudioStage(track, of: source, pipeline, timeline, cancellation, from: sound, to: units)
        threads.start("sound") { try stage.run() }
        threads.start("writer") { [output] in
            let written = try Self.write(units, to: output)
            manifest.withLock { $0 = written }
        }
        threads.attempt { try read(into: sound, timeline) }
        try threads.join()
        return manifest.withLock { $0 }
    }

    private static func write(_ units: BoundedQueue<EncodedUnit>, to folder: URL) throws -> SoundManifest {
        var manifest = SoundManifest()
        var file: IntermediateWriter?
        loop: while let unit = try units.pop() {
            switch consume unit {
            case .audioStream(let parameters):
                let path = folder.appending(path: ChunkLayout.sound).path
                file = try IntermediateWriter(path: path, stream: parameters)
                manifest.hasSound = true
                (manifest.timeBase, manifest.bitsPerSecond) = (parameters.timeBase, parameters.bitsPerSecond)
            case .audio(let packet):
                manifest.packetCount += 1
                manifest.lastDuration = packet.duration
                try file?.write(packet)
            case .audioEnd: break loop
            default: break
            }
        }
        try file?.finish()
        return manifest
    }

    /// Passes the sound on; of the pictures only the end matters, until which there is silence.
    private func read(into sound: BoundedQueue<Packet>, _ timeline: Timeline) throws {
        source.demuxer.select(Set([source.video.index, source.audio?.index].compactMap { $0 }))
        let meter = ProgressMeter(durationSeconds: source.info.durationSeconds, report: progress)
        let rate = source.video.frameRate.doubleValue
        let usualDuration = 1 / (rate > 0 ? rate : 25)
        var end = 0.0
        while let packet = try nextPacket() {
            if packet.streamIndex == source.audio?.index {
                try sound.push(packet)
            } else if !packet.isDiscarded, let time = packet.pts ?? packet.dts {
                let unit = source.video.timeBase.doubleValue
                let duration = packet.duration > 0 ? Double(packet.duration) * unit : usualDuration
                end = max(end, Double(time) * unit - source.originSeconds + duration)
                meter.noteFrame(at: end)
            }
        }
        let stated = source.statedEnd(of: source.video) ?? end
        // The container knows the last picture's duration, but not always the whole's.
        timeline.endSeconds = stated - end < 0.5 ? max(end, stated) : end
        sound.end()
    }

    private func nextPacket() throws -> Packet? {
        if cancellation.isCancelled { throw MediaError(.cancelled, "The work was cancelled.") }
        source.extendDeadline(to: .seconds(30))
        return try source.nextPacket()
    }
}
