/// What a `moov` says: of `play.mp4`, or of a rendition's initialization segment.
struct Movie {
    /// What is inside a track.
    enum Kind: String {
        case video = "vide"
        case audio = "soun"
    }

    /// One entry of an edit list.
    struct Edit: Equatable {
        /// In units of the movie's timescale; 0 lasts to the end of a fragmented movie.
        var duration: Int
        /// Where it starts in the media, in units of the track's timescale; -1 is an empty edit.
        var mediaTime: Int
    }

    /// One track.
    struct Track {
        var id: Int
        var kind: Kind?
        /// Units per second.
        var timescale: Int
        var duration: Int
        var edits: [Edit]
        var entry: SampleEntry
        var samples: SampleTable

        /// How long an empty edit keeps the media back.
        var delaySeconds = 0.0

        /// The media time that is shown first.
        var origin: Int { max(0, edits.last?.mediaTime ?? 0) }

        func seconds(_ units: Int) -> Double { Double(units) / Double(max(1, timescale)) }
    }

    var timescale: Int
    var duration: Int
    var tracks: [Track]
    /// What samples of fragments are when the fragments do not say, by track.
    var defaults: [Int: MovieFragment.Defaults]

    var video: Track? { tracks.first { $0.kind == .video } }
    var audio: Track? { tracks.first { $0.kind == .audio } }

    init(_ moov: MP4Box) throws(MalformedMedia) {
        (timescale, duration) = try Self.clock(moov.box("mvhd"))
        tracks = []
        for box in try moov.children() where box.type == "trak" {
            var track = try Track(box)
            let empty = track.edits.filter { $0.mediaTime == -1 }.reduce(0.0) { $0 + Double($1.duration) }
            track.delaySeconds = empty / Double(max(1, timescale))
            tracks.append(track)
        }
        defaults = [:]
        for box in try moov.boxIfPresent("mvex")?.children() ?? [] where box.type == "trex" {
            var (_, _, reader) = try box.fields()
            let id = try reader.integer(4)
            try reader.skip(4)
            defaults[id] = try .init(duration: reader.integer(4), size: reader.integer(4), flags: reader.integer(4))
        }
    }

    /// An initialization segment: everything but samples.
    init(initialization bytes: [UInt8]) throws(MalformedMedia) {
        guard let moov = try MP4Box.row(in: bytes[...]).first(where: { $0.type == "moov" }) else {
            throw MalformedMedia("has no moov")
        }
        try self.init(moov)
    }

    /// The timescale and the duration of `mvhd` and `mdhd`, which begin alike.
    fileprivate static func clock(_ box: MP4Box) throws(MalformedMedia) -> (timescale: Int, duration: Int) {
        var (version, _, reader) = try box.fields()
        try reader.skip(version == 1 ? 16 : 8)
        return (try reader.integer(4), try reader.integer(version == 1 ? 8 : 4))
    }
}

extension Movie.Track {
    fileprivate init(_ trak: MP4Box) throws(MalformedMedia) {
        var (version, _, header) = try trak.box("tkhd").fields()
        try header.skip(version == 1 ? 16 : 8)
        id = try header.integer(4)
        var (_, _, handler) = try trak.box("mdia", "hdlr").fields()
        try handler.skip(4)
        kind = Movie.Kind(rawValue: try handler.text(4))
        (timescale, duration) = try Movie.clock(trak.box("mdia", "mdhd"))
        edits = try trak.boxIfPresent("edts").map(Self.edits) ?? []
        let table = try trak.box("mdia", "minf", "stbl")
        entry = try SampleEntry(table.box("stsd"))
        samples = try SampleTable(table)
    }

    private static func edits(_ edts: MP4Box) throws(MalformedMedia) -> [Movie.Edit] {
        var (version, _, reader) = try edts.box("elst").fields()
        let count = try reader.integer(4)
        var edits: [Movie.Edit] = []
        for _ in 0..<count {
            let duration = try reader.integer(version == 1 ? 8 : 4)
            let mediaTime = version == 1 ? try reader.integer(8) : try reader.signed()
            try reader.skip(4)
            edits.append(.init(duration: duration, mediaTime: mediaTime))
        }
        return edits
    }
}
