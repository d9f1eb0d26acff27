/// What a `moof` says: which samples follow, how long each lasts, and where its bytes are.
struct MovieFragment {
    /// One picture, or one packet of sound.
    struct Sample: Equatable {
        /// From the first byte of the `moof`.
        var offset: Int
        var size: Int
        /// In units of the track's timescale.
        var duration: Int
        var compositionOffset: Int
        var isSync: Bool
    }

    /// What a sample is when its fragment does not say: `trex`, or the fields of `tfhd`.
    struct Defaults {
        var duration = 0
        var size = 0
        var flags = 0
    }

    /// The samples of one track.
    struct Track {
        var id: Int
        /// `tfdt`: the decoding time of the first sample.
        var decodeTime: Int
        var samples: [Sample]

        /// The sum of all durations.
        var duration: Int { samples.reduce(0) { $0 + $1.duration } }
    }

    var sequenceNumber: Int
    var tracks: [Track]

    /// `defaults` are those of the initialization segment, by track.
    init(_ moof: MP4Box, defaults: [Int: Defaults]) throws(MalformedMedia) {
        var (_, _, header) = try moof.box("mfhd").fields()
        sequenceNumber = try header.integer(4)
        tracks = []
        for box in try moof.children() where box.type == "traf" {
            tracks.append(try Track(box, defaults: defaults))
        }
    }

    func track(_ id: Int?) -> Track? { tracks.first { $0.id == id } }
}

extension MovieFragment.Track {
    fileprivate init(_ traf: MP4Box, defaults: [Int: MovieFragment.Defaults]) throws(MalformedMedia) {
        var (_, flags, header) = try traf.box("tfhd").fields()
        id = try header.integer(4)
        // Offsets from the start of the `moof` are what CMAF asks for and players of fragments expect.
        guard flags & 0x02_0000 != 0, flags & 0x01 == 0 else {
            throw MalformedMedia("has a fragment whose offsets do not start at its moof")
        }
        var known = defaults[id] ?? MovieFragment.Defaults()
        if flags & 0x02 != 0 { try header.skip(4) }
        if flags & 0x08 != 0 { known.duration = try header.integer(4) }
        if flags & 0x10 != 0 { known.size = try header.integer(4) }
        if flags & 0x20 != 0 { known.flags = try header.integer(4) }
        var (version, _, time) = try traf.box("tfdt").fields()
        decodeTime = try time.integer(version == 1 ? 8 : 4)
        samples = []
        for run in try traf.children() where run.type == "trun" { try append(run, known) }
    }

    private mutating func append(_ run: MP4Box, _ defaults: MovieFragment.Defaults) throws(MalformedMedia) {
        var (_, flags, reader) = try run.fields()
        let count = try reader.integer(4)
        guard count <= run.payload.count || flags & 0xf00 == 0, samples.count + count < 1 << 20 else {
            throw MalformedMedia("has a run of \(count) samples")
        }
        var offset = samples.last.map { $0.offset + $0.size } ?? 0
        if flags & 0x01 != 0 { offset = try reader.signed() }
        let firstFlags = flags & 0x04 != 0 ? try reader.integer(4) : nil
        for index in 0..<count {
            let duration = flags & 0x100 != 0 ? try reader.integer(4) : defaults.duration
            let size = flags & 0x200 != 0 ? try reader.integer(4) : defaults.size
            var sampleFlags = index == 0 ? firstFlags ?? defaults.flags : defaults.flags
            if flags & 0x400 != 0 { sampleFlags = try reader.integer(4) }
            // Version 0 has unsigned offsets, but those of a decoder's delay are far from the sign bit.
            let composition = flags & 0x800 != 0 ? try reader.signed() : 0
            samples.append(
                .init(
                    offset: offset,
                    size: size,
                    duration: duration,
                    compositionOffset: composition,
                    // sample_is_non_sync_sample
                    isSync: sampleFlags & 0x1_0000 == 0
                )
            )
            offset += size
        }
    }
}
