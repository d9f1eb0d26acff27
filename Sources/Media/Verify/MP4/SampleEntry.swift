/// The first entry of `stsd`: how a track's samples are coded.
struct SampleEntry {
    /// `colr` of type `nclx`: code points of ITU-T H.273.
    struct Color: Equatable {
        var primaries: Int
        var transfer: Int
        var matrix: Int
        var isFullRange: Bool
    }

    /// The four letters of the coding, for example `avc1`.
    var format: String
    /// How many entries there are; each change of entry is a change of decoder.
    var count: Int
    /// Pixels, 0 for sound.
    var width = 0
    var height = 0
    /// `pasp`; square when absent.
    var pixelAspect = (horizontal: 1, vertical: 1)
    var color: Color?
    /// The decoder's header: the payload of `avcC`, `hvcC` or `av1C`, or AudioSpecificConfig.
    var configuration: [UInt8] = []

    init(format: String, configuration: [UInt8]) {
        self.format = format
        self.configuration = configuration
        count = 1
    }

    init(_ stsd: MP4Box) throws(MalformedMedia) {
        var (_, _, reader) = try stsd.fields()
        count = try reader.integer(4)
        guard let entry = try MP4Box.row(in: reader.rest).first else { throw MalformedMedia("has an empty stsd") }
        format = entry.type
        switch format {
        case "avc1", "avc3", "hvc1", "hev1", "av01": try readVideo(entry)
        case "mp4a": try readAudio(entry)
        default: break
        }
    }

    /// VisualSampleEntry: 78 bytes of fields.
    private mutating func readVideo(_ entry: MP4Box) throws(MalformedMedia) {
        var reader = ByteReader(entry.payload)
        try reader.skip(24)
        (width, height) = (try reader.integer(2), try reader.integer(2))
        for box in try entry.children(after: 78) {
            var fields = ByteReader(box.payload)
            switch box.type {
            case "avcC", "hvcC", "av1C": configuration = Array(box.payload)
            case "pasp": pixelAspect = (try fields.integer(4), try fields.integer(4))
            case "colr" where try fields.text(4) == "nclx":
                color = try Color(
                    primaries: fields.integer(2),
                    transfer: fields.integer(2),
                    matrix: fields.integer(2),
                    isFullRange: fields.integer(1) & 0x80 != 0
                )
            default: break
            }
        }
    }

    /// AudioSampleEntry: 28 bytes of fields, then `esds` with its nested descriptors (ISO/IEC 14496-1, 7.2.6).
    private mutating func readAudio(_ entry: MP4Box) throws(MalformedMedia) {
        guard let esds = try entry.children(after: 28).first(where: { $0.type == "esds" }) else { return }
        var (_, _, reader) = try esds.fields()
        while !reader.rest.isEmpty {
            let tag = try reader.integer(1)
            let size = try Self.descriptorSize(&reader)
            switch tag {
            // ES_Descriptor: an id and flags; ours have no optional fields.
            case 3: try reader.skip(3)
            // DecoderConfigDescriptor
            case 4: try reader.skip(13)
            // DecoderSpecificInfo
            case 5:
                configuration = Array(try reader.take(size))
                return
            default: try reader.skip(size)
            }
        }
    }

    /// Seven bits a byte, the highest bit says that another follows.
    private static func descriptorSize(_ reader: inout ByteReader) throws(MalformedMedia) -> Int {
        var size = 0
        while true {
            let byte = try reader.integer(1)
            size = size << 7 | byte & 0x7f
            if byte & 0x80 == 0 { return size }
        }
    }
}
