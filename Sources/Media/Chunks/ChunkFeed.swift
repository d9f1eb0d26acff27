import FFmpeg
import Foundation

/// Encoded packets of one stream of a package, in the order of decoding, from files that others wrote.
protocol ChunkFeed: AnyObject {
    /// When the next packet is decoded, in seconds; `nil` after the last.
    var nextSeconds: Double? { get }
    /// Hands the next packet on.
    func passPacket(to units: BoundedQueue<EncodedUnit>) throws
    /// Says that there are no more.
    func passEnd(to units: BoundedQueue<EncodedUnit>) throws
}

/// One rung's pictures: those of every chunk, one after the other.
final class PictureFeed: ChunkFeed {
    private let index: Int
    private let name: String
    private let chunks: ChunkSet
    private let decodeTimes: DecodeTimes
    private var extradata: [UInt8]?

    private var chunk = 0
    private var reader: IntermediateReader?
    private var packet: Packet?
    /// Packets that came out, of all chunks and of this one.
    private var count = 0
    private var countInChunk = 0

    init(_ index: Int, name: String, chunks: ChunkSet) throws {
        self.index = index
        self.name = name
        self.chunks = chunks
        let delays = chunks.manifests.compactMap { $0.rungs.first { $0.name == name }?.reorderDelay }
        decodeTimes = DecodeTimes(shown: chunks.times, reorderDelay: delays.max() ?? 0)
        try advance()
    }

    var nextSeconds: Double? {
        count < chunks.times.count ? Double(decodeTimes[count]) * chunks.timeBase.doubleValue : nil
    }

    func passPacket(to units: BoundedQueue<EncodedUnit>) throws {
        if count == 0, let reader { try units.push(.videoStream(rung: index, reader.stream)) }
        guard let current = packet.take() else { return }
        current.dts = decodeTimes[count]
        count += 1
        countInChunk += 1
        try advance()
        try units.push(.video(rung: index, current))
    }

    func passEnd(to units: BoundedQueue<EncodedUnit>) throws { try units.push(.videoEnd(rung: index)) }

    /// Fetches the next packet, from the next chunk if this one has ended.
    private func advance() throws {
        while packet == nil, chunk < chunks.manifests.count {
            if reader == nil { try open() }
            packet = try reader?.nextPacket()
            if packet != nil { break }
            try require(countInChunk == chunks.manifests[chunk].times.count, "has too few pictures")
            (reader, countInChunk, chunk) = (nil, 0, chunk + 1)
        }
        try checkPacket()
    }

    /// Opens the chunk's file; a chunk in a long gap has none.
    private func open() throws {
        let manifest = chunks.manifests[chunk]
        guard !manifest.times.isEmpty else { return }
        guard let rung = manifest.rungs.first(where: { $0.name == name }) else {
            throw complaint("has no such rendition")
        }
        let path = chunks.folders[chunk].appending(path: ChunkLayout.pictures(name)).path
        let opened = try IntermediateReader(path: path, timeBase: chunks.timeBase, frameRate: rung.frameRate)
        let header = extradata ?? opened.stream.extradata
        try require(opened.stream.extradata == header, "was encoded with other settings than the first")
        (reader, extradata) = (opened, header)
    }

    private func checkPacket() throws {
        guard packet != nil else { return }
        let times = chunks.manifests[chunk].times
        let (pts, isKeyframe) = (packet?.pts ?? .min, packet?.isKeyframe == true)
        try require(countInChunk < times.count, "has too many pictures")
        try require(pts >= decodeTimes[count], "has a picture that is shown before it is decoded")
        if countInChunk == 0 { try require(isKeyframe && pts == times[0], "does not start with its first picture") }
    }

    private func require(_ condition: Bool, _ what: String) throws { if !condition { throw complaint(what) } }

    private func complaint(_ what: String) -> MediaError {
        MediaError(.sourceUnreadable, "Chunk \(chunk + 1), rendition \(name), \(what); encode that chunk again.")
    }
}

/// The sound, from its one file.
final class SoundFeed: ChunkFeed {
    private let manifest: SoundManifest
    private let reader: IntermediateReader
    private var packet: Packet?
    private var count = 0

    init(folder: URL, manifest: SoundManifest) throws {
        self.manifest = manifest
        let path = folder.appending(path: ChunkLayout.sound).path
        let rate = manifest.bitsPerSecond
        reader = try IntermediateReader(path: path, timeBase: manifest.timeBase, bitsPerSecond: rate)
        packet = try reader.nextPacket()
    }

    var nextSeconds: Double? { packet?.dts.map { Double($0) * manifest.timeBase.doubleValue } }

    func passPacket(to units: BoundedQueue<EncodedUnit>) throws {
        if count == 0 { try units.push(.audioStream(reader.stream)) }
        guard let current = packet.take() else { return }
        count += 1
        if count == manifest.packetCount { current.duration = manifest.lastDuration }
        packet = try reader.nextPacket()
        try units.push(.audio(current))
    }

    func passEnd(to units: BoundedQueue<EncodedUnit>) throws {
        guard count == manifest.packetCount else {
            throw MediaError(.sourceUnreadable, "The sound is not complete; encode it again.")
        }
        try units.push(.audioEnd)
    }
}
