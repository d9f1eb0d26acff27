import FFmpeg
import Foundation

/// Writes one rendition: collects packets until a segment is complete, interleaves them, cuts.
///
/// Sound and pictures come from different threads, so a segment is complete
/// when the next one has started and the sound has come as far.
final class RenditionWriter {
    /// A run of pending pictures that belongs into one segment.
    private struct Run {
        var startTime: Int64
        /// When each picture is shown, in the order of decoding.
        var times: [Int64] = []
    }

    /// Sound and pictures that the file keeps this far apart are held in memory meanwhile.
    private static let maxPendingBytes = 256 << 20

    private let folder: URL
    private let expectsSound: Bool
    private let playback: PlaybackWriter?
    private var video: StreamParameters?
    private var audio: StreamParameters?
    private var hasSoundEnded = false
    private var muxer: Muxer?

    private var grid: SegmentGrid
    private var pictures = FIFO<Packet>()
    private var runs: [Run] = []
    private var sound = FIFO<Packet>()
    /// When the sound that came so far ends, in seconds.
    private var soundEnd = -1.0
    private var pendingBytes = 0
    private var firstDTS: Int64?

    private var movie: Movie?
    private var segments: [MediaPlaylist.Segment] = []
    private var iFrames: [MediaPlaylist.Segment] = []
    private var segmentSizes: [Int] = []
    private var pictureCount = 0

    /// `folder` exists; `playback` gets the same packets, if this is the rung of `play.mp4`.
    init(folder: URL, grid: SegmentGrid, expectsSound: Bool, playback: PlaybackWriter?) {
        self.folder = folder
        self.expectsSound = expectsSound
        self.playback = playback
        self.grid = grid
    }

    func open(video: StreamParameters) { self.video = video }

    func open(audio: StreamParameters) { self.audio = audio }

    func add(picture packet: consuming Packet) throws {
        guard let timeBase = video?.timeBase, let pts = packet.pts else { return }
        if packet.isKeyframe, grid.starts(at: Double(pts) * timeBase.doubleValue) { runs.append(Run(startTime: pts)) }
        guard !runs.isEmpty else { throw MediaError(.internalFailure, "The first packet is not a keyframe.") }
        runs[runs.count - 1].times.append(pts)
        try account(packet.count)
        pictures.append(packet)
        try writeCompleteSegments()
    }

    func add(sound packet: consuming Packet) throws {
        guard let timeBase = audio?.timeBase, let pts = packet.pts else { return }
        soundEnd = Double(pts + packet.duration) * timeBase.doubleValue
        try account(packet.count)
        sound.append(packet)
        try writeCompleteSegments()
    }

    func endSound() throws {
        hasSoundEnded = true
        try writeCompleteSegments()
    }

    /// Writes what is left, the last segment, which lasts until `endSeconds`, and the playlists.
    func finish(endSeconds: Double) throws -> RenditionSummary {
        while runs.count > 1 { try writeSegment(until: seconds(runs[1].startTime)) }
        if !runs.isEmpty { try writeSegment(until: endSeconds, isLast: true) }
        // The trailer only indexes fragments for a single file, which this is not.
        muxer = nil
        guard let movie else { throw MediaError(.internalFailure, "No encoder was opened.") }
        let map = PackageLayout.initializationName
        let playlist = MediaPlaylist(mapURI: map, segments: segments)
        try save(Array(playlist.text.utf8), PackageLayout.playlistName)
        let iFramePlaylist = MediaPlaylist(mapURI: map, segments: iFrames, isIFramesOnly: true)
        try save(Array(iFramePlaylist.text.utf8), PackageLayout.iFramePlaylistName)
        return RenditionSummary(
            movie: movie,
            playlist: playlist,
            sizes: segmentSizes,
            iFrames: iFramePlaylist,
            pictureCount: pictureCount
        )
    }

    private func account(_ bytes: Int) throws {
        pendingBytes += bytes
        if pendingBytes > Self.maxPendingBytes { throw SourceFailure.notInterleaved }
    }

    private func writeCompleteSegments() throws {
        while runs.count > 1 {
            let end = seconds(runs[1].startTime)
            guard !expectsSound || hasSoundEnded || soundEnd >= end else { return }
            try writeSegment(until: end)
        }
    }

    private func writeSegment(until end: Double, isLast: Bool = false) throws {
        let run = runs.removeFirst()
        let isFirst = muxer == nil
        let muxer = try openedMuxer()
        let durations = durations(of: run, end: end)
        for index in run.times.indices {
            let isLastOfRun = index == run.times.count - 1
            try writePicture(to: muxer, duration: durations[index], isLastOfRun: isLastOfRun, end: end)
        }
        try writeSound(to: muxer, until: isLast ? .infinity : end)
        // The first flush writes the initialization segment alone, the next ones a fragment each.
        if isFirst {
            try muxer.flushFragment()
            let bytes = muxer.takeBytes()
            movie = try Movie(initialization: bytes)
            try save(bytes, PackageLayout.initializationName)
        }
        try muxer.flushFragment()
        try saveSegment(muxer.takeBytes(), durationSeconds: end - seconds(run.startTime))
    }

    private func saveSegment(_ bytes: [UInt8], durationSeconds: Double) throws {
        let name = PackageLayout.segmentName(segments.count + 1)
        try save(bytes, name)
        segments.append(.init(uri: name, durationSeconds: durationSeconds))
        segmentSizes.append(bytes.count)
        guard let movie else { return }
        let range = try IFrameRange.first(in: bytes, of: movie)
        iFrames.append(.init(uri: name, durationSeconds: durationSeconds, byteRange: range))
    }

    /// How long each picture of a run is shown, in the order of decoding: until the next one in the order of showing.
    private func durations(of run: Run, end: Double) -> [Int64] {
        let endTime = video?.timeBase.units(seconds: end) ?? 0
        let shown = run.times.sorted()
        let next = Dictionary(zip(shown, shown.dropFirst() + [endTime])) { first, _ in first }
        return run.times.map { max(1, (next[$0] ?? endTime) - $0) }
    }

    private func writePicture(to muxer: Muxer, duration: Int64, isLastOfRun: Bool, end: Double) throws {
        guard let video, let packet = pictures.popFirst(), let dts = packet.dts else { return }
        pendingBytes -= packet.count
        pictureCount += 1
        let first = firstDTS ?? dts
        firstDTS = first
        packet.duration = duration
        let nextDTS = pictures.withFirst { $0.dts }
        if nextDTS == nil { packet.duration = lastDuration(packet, dts, first, video.timeBase.units(seconds: end)) }
        try writeSound(to: muxer, until: Double(dts) * video.timeBase.doubleValue)
        try playback?.write(picture: packet.clone())
        // MP4 stores distances of decoding times, and takes the last one of a fragment from the packet: this keeps
        // fragments adjacent.
        if isLastOfRun, let nextDTS { packet.duration = nextDTS - dts }
        try muxer.write(packet, stream: 0)
    }

    /// The duration of the very last packet.
    ///
    /// Of the picture that is shown last it is what the movie's end is taken
    /// from; of another, as long as the sum of all distances needs.
    private func lastDuration(_ packet: borrowing Packet, _ dts: Int64, _ first: Int64, _ end: Int64) -> Int64 {
        let shown = max(1, end - (packet.pts ?? dts))
        if packet.duration >= shown { return shown }
        return max(1, min(end - (dts - first), shown))
    }

    private func writeSound(to muxer: Muxer, until end: Double) throws {
        guard let timeBase = audio?.timeBase else { return }
        while let time = sound.withFirst({ $0.pts }), Double(time) * timeBase.doubleValue < end {
            guard let packet = sound.popFirst() else { return }
            pendingBytes -= packet.count
            try playback?.write(sound: packet.clone())
            try muxer.write(packet, stream: 1)
        }
    }

    private func openedMuxer() throws -> Muxer {
        if let muxer { return muxer }
        guard let video else { throw MediaError(.internalFailure, "No encoder was opened.") }
        let streams = [video, audio].compactMap { $0 }
        // `dash` with `delay_moov` writes an edit list that hides the encoders' delays; without it sound and
        // pictures would be 45 ms apart.
        let opened = try Muxer(
            inMemoryFormat: "mp4",
            streams: streams,
            options: ["movflags": "+frag_custom+dash+delay_moov+skip_sidx"]
        )
        try playback?.open(streams)
        muxer = opened
        return opened
    }

    private func save(_ bytes: [UInt8], _ name: String) throws {
        do { try Data(bytes).write(to: folder.appending(path: name)) } catch {
            throw MediaError(.outputUnwritable, "\(folder.path)/\(name) cannot be written: \(error)")
        }
    }

    private func seconds(_ time: Int64) -> Double { Double(time) * (video?.timeBase.doubleValue ?? 0) }
}
