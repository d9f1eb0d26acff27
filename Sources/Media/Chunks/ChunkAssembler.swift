import FFmpeg
import Foundation

/// Makes a package of encoded windows and sound, without encoding anything again.
struct ChunkAssembler {
    let plan: TranscodePlan
    let chunks: ChunkSet
    /// The folder of the sound.
    let sound: URL
    /// A folder that exists.
    let output: URL
    let cancellation: Cancellation
    let progress: @Sendable (ProcessingProgress) -> Void

    func run() throws -> Transcoder.Result {
        let timeline = Timeline()
        timeline.endSeconds = chunks.endSeconds
        let feeds = try makeFeeds()
        let hasSound = feeds.contains { $0 is SoundFeed }
        timeline.hasSound = hasSound
        let units = BoundedQueue<EncodedUnit>(capacity: 64)
        let threads = WorkerThreads { units.cancel() }
        PackageWriter.start(on: threads, output, plan, hasSound: hasSound, units, timeline)
        threads.attempt { try pass(feeds, to: units) }
        try threads.join()
        return Transcoder.Result(hasSound: hasSound, durationSeconds: timeline.endSeconds)
    }

    private func makeFeeds() throws -> [any ChunkFeed] {
        var feeds: [any ChunkFeed] = try plan.rungs.enumerated().map {
            try PictureFeed($0.offset, name: $0.element.name, chunks: chunks)
        }
        let url = sound.appending(path: ChunkLayout.soundManifest)
        let manifest = try ManifestFile.read(SoundManifest.self, from: url)
        if manifest.hasSound { feeds.append(try SoundFeed(folder: sound, manifest: manifest)) }
        return feeds
    }

    /// Hands on what is decoded next, whichever stream it is of, so that the writer holds no more than a segment.
    private func pass(_ feeds: [any ChunkFeed], to units: BoundedQueue<EncodedUnit>) throws {
        let meter = ProgressMeter(durationSeconds: chunks.endSeconds, report: progress)
        var open = feeds
        while !open.isEmpty {
            if cancellation.isCancelled { throw MediaError(.cancelled, "The work was cancelled.") }
            let times = open.map { $0.nextSeconds ?? -.infinity }
            guard let index = times.indices.min(by: { times[$0] < times[$1] }) else { return }
            if times[index].isFinite {
                try open[index].passPacket(to: units)
                if open[index] === feeds[0] { meter.noteFrame(at: max(0, times[index])) }
            } else {
                try open.remove(at: index).passEnd(to: units)
            }
        }
    }
}
