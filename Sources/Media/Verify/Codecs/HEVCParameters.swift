/// Reads the beginning of a sequence parameter set of HEVC (ITU-T H.265, 7.3.2.2.1).
///
/// Colours are far behind it; the container's `colr` has them.
enum HEVCParameters {
    /// `unit` is the NAL unit with its two header bytes.
    static func parse(_ unit: some Sequence<UInt8>) throws(MalformedMedia) -> VideoParameters {
        let bytes = VideoParameters.payload(of: unit)
        guard bytes.count > 15 else { throw MalformedMedia("has a sequence parameter set that ends too soon") }
        // Profile, tier and level have the layout of hvcC's bytes 1 to 12.
        let general = Array(bytes[3..<15])
        var parameters = VideoParameters(
            codecs: CodecsAttribute.hvc1([1] + general) ?? "",
            profile: Int(general[0] & 0x1f),
            level: Int(general[11]),
            width: 0,
            height: 0
        )
        // interlaced_source_flag
        parameters.isProgressive = general[5] & 0x40 == 0
        var reader = BitReader(bytes.dropFirst(15))
        try skipSubLayers(&reader, count: Int(bytes[2] >> 1 & 7))
        _ = try reader.unsignedGolomb()
        try readFormat(&reader, &parameters)
        return parameters
    }

    private static func skipSubLayers(_ reader: inout BitReader, count: Int) throws(MalformedMedia) {
        guard count > 0 else { return }
        var bits = 0
        for _ in 0..<count { bits += (try reader.bit()) * 88 + (try reader.bit()) * 8 }
        reader.skip((8 - count) * 2 + bits)
    }

    private static func readFormat(
        _ reader: inout BitReader,
        _ parameters: inout VideoParameters
    ) throws(MalformedMedia) {
        parameters.chromaFormat = try reader.unsignedGolomb()
        if parameters.chromaFormat == 3 { reader.skip(1) }
        (parameters.width, parameters.height) = (try reader.unsignedGolomb(), try reader.unsignedGolomb())
        if try reader.flag() {
            let horizontal = [1, 2].contains(parameters.chromaFormat) ? 2 : 1
            let vertical = parameters.chromaFormat == 1 ? 2 : 1
            parameters.width -= horizontal * (try reader.unsignedGolomb() + (try reader.unsignedGolomb()))
            parameters.height -= vertical * (try reader.unsignedGolomb() + (try reader.unsignedGolomb()))
        }
        let (luma, chroma) = (try reader.unsignedGolomb(), try reader.unsignedGolomb())
        parameters.bitDepth = 8 + max(luma, chroma)
    }
}
