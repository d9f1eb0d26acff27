import FFmpeg
import Foundation

/// The one thread that owns every muxer: takes encoded packets from all stages and writes the package's files.
final class PackageWriter {
    private let output: URL
    private let plan: TranscodePlan
    private let input: BoundedQueue<EncodedUnit>
    private let timeline: Timeline
    private let playback: PlaybackWriter
    private let renditions: [RenditionWriter]
    private var openStreams: Int

    /// Writes a package on a thread of its own, until all streams have ended.
    static func start(
        on threads: WorkerThreads,
        _ output: URL,
        _ plan: TranscodePlan,
        hasSound: Bool,
        _ input: BoundedQueue<EncodedUnit>,
        _ timeline: Timeline
    ) {
        threads.start("writer") { try PackageWriter(output, plan, hasSound: hasSound, input, timeline).run() }
    }

    private init(
        _ output: URL,
        _ plan: TranscodePlan,
        hasSound: Bool,
        _ input: BoundedQueue<EncodedUnit>,
        _ timeline: Timeline
    ) throws {
        self.output = output
        self.plan = plan
        self.input = input
        self.timeline = timeline
        let playback = PlaybackWriter(path: output.appending(path: PackageLayout.playback).path)
        renditions = try plan.rungs.enumerated().map { index, rung in
            let folder = output.appending(path: PackageLayout.renditionFolder(rung.name))
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            return RenditionWriter(
                folder: folder,
                grid: plan.segmentGrid,
                expectsSound: hasSound,
                playback: index == plan.playbackRung ? playback : nil
            )
        }
        self.playback = playback
        openStreams = plan.rungs.count + (hasSound ? 1 : 0)
    }

    /// Works until every encoder has ended, then writes the multivariant playlist.
    func run() throws {
        while openStreams > 0, let unit = try input.pop() { try write(unit) }
        let summaries = try renditions.map { try $0.finish(endSeconds: timeline.endSeconds) }
        try playback.finish()
        let rungs = Array(zip(plan.rungs, summaries))
        let playlist = MultivariantPlaylist(
            variants: MultivariantPlaylist.inPlayersOrder(try rungs.map(variant)),
            iFrameVariants: MultivariantPlaylist.inPlayersOrder(try rungs.map(iFrameVariant))
        )
        try Data(playlist.text.utf8).write(to: output.appending(path: PackageLayout.master))
    }

    private func write(_ unit: consuming EncodedUnit) throws {
        switch consume unit {
        case .videoStream(let rung, let parameters): renditions[rung].open(video: parameters)
        case .video(let rung, let packet): try renditions[rung].add(picture: packet)
        case .videoEnd: openStreams -= 1
        case .audioStream(let parameters):
            for rendition in renditions { rendition.open(audio: parameters) }
        case .audio(let packet):
            for rendition in renditions { try rendition.add(sound: packet.clone()) }
        case .audioEnd:
            openStreams -= 1
            for rendition in renditions { try rendition.endSound() }
        }
    }

    private func variant(
        _ rung: TranscodePlan.Rung,
        _ summary: RenditionSummary
    ) throws -> MultivariantPlaylist.Variant {
        try summary.variant(uri: "\(rung.name)/\(PackageLayout.playlistName)", framesPerSecond: plan.framesPerSecond)
    }

    private func iFrameVariant(
        _ rung: TranscodePlan.Rung,
        _ summary: RenditionSummary
    ) throws -> MultivariantPlaylist.Variant {
        try summary.iFrameVariant(uri: "\(rung.name)/\(PackageLayout.iFramePlaylistName)")
    }
}
