import Foundation

/// Reads a sequence parameter set of H.264 (ITU-T H.264, 7.3.2.1.1 and annex E).
enum H264Parameters {
    /// `unit` is the NAL unit with its header byte.
    static func parse(_ unit: some Sequence<UInt8>) throws(MalformedMedia) -> VideoParameters {
        let bytes = VideoParameters.payload(of: unit)
        guard bytes.count > 4 else { throw MalformedMedia("has a sequence parameter set that ends too soon") }
        let codecs = "avc1." + bytes[1..<4].map { String(format: "%02x", $0) }.joined()
        var parameters = VideoParameters(
            codecs: codecs,
            profile: Int(bytes[1]),
            level: Int(bytes[3]),
            width: 0,
            height: 0
        )
        var reader = BitReader(bytes.dropFirst(4))
        try readBody(&reader, &parameters)
        return parameters
    }

    private static func readBody(
        _ reader: inout BitReader,
        _ parameters: inout VideoParameters
    ) throws(MalformedMedia) {
        _ = try reader.unsignedGolomb()
        if [100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135].contains(parameters.profile) {
            try readFormat(&reader, &parameters)
        }
        _ = try reader.unsignedGolomb()
        try skipPictureOrder(&reader)
        parameters.decodedPictures = try reader.unsignedGolomb()
        reader.skip(1)
        let widthInBlocks = try reader.unsignedGolomb() + 1
        let heightInUnits = try reader.unsignedGolomb() + 1
        parameters.isProgressive = try reader.flag()
        if !parameters.isProgressive { reader.skip(1) }
        reader.skip(1)
        parameters.width = widthInBlocks * 16
        parameters.height = heightInUnits * 16 * (parameters.isProgressive ? 1 : 2)
        if try reader.flag() { try crop(&reader, &parameters) }
        if try reader.flag() { try readUsability(&reader, &parameters) }
    }

    /// Chroma format, bit depth and scaling lists, which only the High profiles have.
    private static func readFormat(
        _ reader: inout BitReader,
        _ parameters: inout VideoParameters
    ) throws(MalformedMedia) {
        parameters.chromaFormat = try reader.unsignedGolomb()
        if parameters.chromaFormat == 3 { reader.skip(1) }
        let (luma, chroma) = (try reader.unsignedGolomb(), try reader.unsignedGolomb())
        parameters.bitDepth = 8 + max(luma, chroma)
        reader.skip(1)
        guard try reader.flag() else { return }
        for list in 0..<(parameters.chromaFormat == 3 ? 12 : 8) where try reader.flag() {
            var (last, next) = (8, 8)
            for _ in 0..<(list < 6 ? 16 : 64) where next != 0 {
                next = (last + (try reader.signedGolomb()) + 256) % 256
                last = next == 0 ? last : next
            }
        }
    }

    private static func skipPictureOrder(_ reader: inout BitReader) throws(MalformedMedia) {
        switch try reader.unsignedGolomb() {
        case 0: _ = try reader.unsignedGolomb()
        case 1:
            reader.skip(1)
            _ = (try reader.signedGolomb(), try reader.signedGolomb())
            for _ in 0..<(try reader.unsignedGolomb()) { _ = try reader.signedGolomb() }
        default: break
        }
    }

    /// Offsets count in units of chroma samples, and of field lines where there are fields.
    private static func crop(
        _ reader: inout BitReader,
        _ parameters: inout VideoParameters
    ) throws(MalformedMedia) {
        let horizontal = [1, 2].contains(parameters.chromaFormat) ? 2 : 1
        let vertical = (parameters.chromaFormat == 1 ? 2 : 1) * (parameters.isProgressive ? 1 : 2)
        parameters.width -= horizontal * (try reader.unsignedGolomb() + (try reader.unsignedGolomb()))
        parameters.height -= vertical * (try reader.unsignedGolomb() + (try reader.unsignedGolomb()))
    }

    /// The beginning of `vui_parameters`: the shape of pixels and the meaning of colours.
    private static func readUsability(
        _ reader: inout BitReader,
        _ parameters: inout VideoParameters
    ) throws(MalformedMedia) {
        if try reader.flag() {
            let shape = try reader.bits(8)
            // 1 is square, 0 is unspecified; 255 is followed by the ratio; other numbers are shapes of old television.
            if shape == 255 {
                parameters.pixelAspect = (try reader.bits(16), try reader.bits(16))
            } else if shape > 1 {
                parameters.pixelAspect = (shape, 1)
            }
        }
        if try reader.flag() { reader.skip(1) }
        guard try reader.flag() else { return }
        reader.skip(3)
        parameters.isFullRange = try reader.flag()
        guard try reader.flag() else { return }
        parameters.color = try SampleEntry.Color(
            primaries: reader.bits(8),
            transfer: reader.bits(8),
            matrix: reader.bits(8),
            isFullRange: parameters.isFullRange
        )
    }
}
