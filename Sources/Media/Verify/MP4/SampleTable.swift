/// The tables of `stbl`: where and when every sample of a progressive file is; empty in an initialization segment.
struct SampleTable {
    /// In the order of decoding, in units of the track's timescale.
    private(set) var durations: [Int] = []
    private(set) var compositionOffsets: [Int] = []
    private(set) var sizes: [Int] = []
    /// Counted from 0; `nil` means that all are.
    private(set) var syncSamples: [Int]?
    /// Where each chunk starts in the file, and the index of its first sample.
    private(set) var chunks: [(offset: Int, firstSample: Int)] = []

    var count: Int { sizes.count }

    init(_ stbl: MP4Box) throws(MalformedMedia) {
        sizes = try Self.sizes(stbl.box("stsz"))
        durations = try Self.runs(stbl.box("stts"), limit: sizes.count)
        if let ctts = try stbl.boxIfPresent("ctts") { compositionOffsets = try Self.runs(ctts, limit: sizes.count) }
        syncSamples = try stbl.boxIfPresent("stss").map(Self.syncSamples)
        let offsets = try Self.chunkOffsets(stbl)
        chunks = try Self.chunks(stbl.box("stsc"), offsets, sampleCount: sizes.count)
    }

    /// Where each sample's bytes start in the file.
    func offsets() -> [Int] {
        var offsets: [Int] = []
        for (index, chunk) in chunks.enumerated() {
            let end = index + 1 < chunks.count ? chunks[index + 1].firstSample : count
            var offset = chunk.offset
            for sample in chunk.firstSample..<max(chunk.firstSample, min(end, count)) {
                offsets.append(offset)
                offset += sizes[sample]
            }
        }
        return offsets
    }

    private static func sizes(_ stsz: MP4Box) throws(MalformedMedia) -> [Int] {
        var (_, _, reader) = try stsz.fields()
        let (size, count) = (try reader.integer(4), try reader.integer(4))
        guard count <= 1 << 24 else { throw MalformedMedia("claims \(count) samples") }
        if size > 0 { return Array(repeating: size, count: count) }
        var sizes: [Int] = []
        for _ in 0..<count { sizes.append(try reader.integer(4)) }
        return sizes
    }

    /// `stts` and `ctts`: how often a value, and which.
    private static func runs(_ box: MP4Box, limit: Int) throws(MalformedMedia) -> [Int] {
        var (_, _, reader) = try box.fields()
        var values: [Int] = []
        for _ in 0..<(try reader.integer(4)) {
            let (count, value) = (try reader.integer(4), try reader.signed())
            guard values.count + count <= limit else { throw MalformedMedia("has a \(box.type) longer than its stsz") }
            values += Array(repeating: value, count: count)
        }
        return values
    }

    private static func syncSamples(_ stss: MP4Box) throws(MalformedMedia) -> [Int] {
        var (_, _, reader) = try stss.fields()
        var samples: [Int] = []
        for _ in 0..<(try reader.integer(4)) { samples.append(try reader.integer(4) - 1) }
        return samples
    }

    private static func chunkOffsets(_ stbl: MP4Box) throws(MalformedMedia) -> [Int] {
        let wide = try stbl.boxIfPresent("co64")
        var (_, _, reader) = if let wide { try wide.fields() } else { try stbl.box("stco").fields() }
        var offsets: [Int] = []
        for _ in 0..<(try reader.integer(4)) { offsets.append(try reader.integer(wide == nil ? 4 : 8)) }
        return offsets
    }

    /// `stsc` lists only changes of the number of samples per chunk.
    private static func chunks(
        _ stsc: MP4Box,
        _ offsets: [Int],
        sampleCount: Int
    ) throws(MalformedMedia) -> [(offset: Int, firstSample: Int)] {
        var (_, _, reader) = try stsc.fields()
        var changes: [(firstChunk: Int, samples: Int)] = []
        for _ in 0..<(try reader.integer(4)) {
            changes.append((try reader.integer(4) - 1, try reader.integer(4)))
            try reader.skip(4)
        }
        var chunks: [(offset: Int, firstSample: Int)] = []
        var (sample, change) = (0, 0)
        for (index, offset) in offsets.enumerated() {
            if change + 1 < changes.count, changes[change + 1].firstChunk == index { change += 1 }
            guard change < changes.count, sample < sampleCount else {
                throw MalformedMedia("has more chunks than samples")
            }
            chunks.append((offset, sample))
            sample += changes[change].samples
        }
        guard sample == sampleCount else { throw MalformedMedia("has samples that are in no chunk") }
        return chunks
    }
}
