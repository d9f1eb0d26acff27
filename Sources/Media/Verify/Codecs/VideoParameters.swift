/// What the header of a video stream itself says, whatever the container says: the sequence parameter set of H.264 and
/// HEVC, the sequence header of AV1.
struct VideoParameters {
    /// RFC 6381, made of this header alone.
    var codecs: String
    /// As the standard counts: 100 is H.264's High, 1 is HEVC's Main.
    var profile: Int
    var level: Int
    /// Pixels, after cropping.
    var width: Int
    var height: Int
    /// 1 is 4:2:0.
    var chromaFormat = 1
    var bitDepth = 8
    var isProgressive = true
    var pixelAspect = (horizontal: 1, vertical: 1)
    var isFullRange = false
    /// `nil` when the header does not say.
    var color: SampleEntry.Color?
    /// How many decoded pictures a player must keep; `nil` when that is not known here.
    var decodedPictures: Int?

    /// What AV1 and the sample entries of MP4 can say; H.264 and HEVC can say more.
    static let sides = 1...65_536

    /// Reads the header inside a sample entry's configuration.
    init(_ entry: SampleEntry) throws(MalformedMedia) {
        switch entry.format {
        case "avc1":
            self = try H264Parameters.parse(Self.parameterSet(inAVCC: entry.configuration))
        case "hvc1":
            self = try HEVCParameters.parse(Self.parameterSet(inHVCC: entry.configuration))
            color = entry.color
            isFullRange = entry.color?.isFullRange ?? false
        case "av01":
            self = try AV1Parameters.parse(entry)
        default:
            throw MalformedMedia("has pictures coded as \(entry.format)")
        }
        guard Self.sides.contains(width), Self.sides.contains(height) else {
            throw MalformedMedia("has pictures of \(width) × \(height) pixels")
        }
    }

    init(codecs: String, profile: Int, level: Int, width: Int, height: Int) {
        self.codecs = codecs
        self.profile = profile
        self.level = level
        self.width = width
        self.height = height
    }

    /// The first sequence parameter set of `avcC` (ISO/IEC 14496-15, 5.3.3.1).
    private static func parameterSet(inAVCC avcC: [UInt8]) throws(MalformedMedia) -> ArraySlice<UInt8> {
        var reader = ByteReader(avcC[...])
        try reader.skip(5)
        guard try reader.integer(1) & 0x1f > 0 else { throw MalformedMedia("has no sequence parameter set") }
        return try reader.take(reader.integer(2))
    }

    /// The first sequence parameter set of `hvcC` (ISO/IEC 14496-15, 8.3.3.1): arrays by type of NAL unit.
    private static func parameterSet(inHVCC hvcC: [UInt8]) throws(MalformedMedia) -> ArraySlice<UInt8> {
        var reader = ByteReader(hvcC[...])
        try reader.skip(22)
        for _ in 0..<(try reader.integer(1)) {
            let type = try reader.integer(1) & 0x3f
            for _ in 0..<(try reader.integer(2)) {
                let unit = try reader.take(reader.integer(2))
                if type == 33 { return unit }
            }
        }
        throw MalformedMedia("has no sequence parameter set")
    }

    /// Takes out the bytes that keep payload from looking like a start code: 3 after two zeros.
    static func payload(of unit: some Sequence<UInt8>) -> [UInt8] {
        var bytes: [UInt8] = []
        var zeros = 0
        for byte in unit {
            if zeros >= 2, byte == 3 {
                zeros = 0
                continue
            }
            bytes.append(byte)
            zeros = byte == 0 ? zeros + 1 : 0
        }
        return bytes
    }
}
