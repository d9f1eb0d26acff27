import Foundation

/// Reads a sequence header of AV1 (AV1 bitstream specification, 5.5).
enum AV1Parameters {
    /// Finds it among the units that `av1C` holds after its first four bytes.
    static func parse(_ entry: SampleEntry) throws(MalformedMedia) -> VideoParameters {
        guard let header = try AV1Units.split(entry.configuration.dropFirst(4)).first(where: { $0.type == 1 }) else {
            throw MalformedMedia("has no sequence header")
        }
        var reader = BitReader(header.payload)
        let profile = try reader.bits(3)
        let isStill = try reader.bits(2) & 1 == 1
        let (level, tier) = isStill ? (try reader.bits(5), 0) : try readOperatingPoints(&reader)
        var parameters = VideoParameters(codecs: "", profile: profile, level: level, width: 0, height: 0)
        let (widthBits, heightBits) = (try reader.bits(4) + 1, try reader.bits(4) + 1)
        parameters.width = try reader.bits(widthBits) + 1
        parameters.height = try reader.bits(heightBits) + 1
        try skipTools(&reader, isStill: isStill)
        try readColor(&reader, &parameters)
        // The optional rest of the name is the container's to add, from the same numbers.
        let name = "av01.%d.%02d\(tier == 0 ? "M" : "H").%02d"
        let short = String(format: name, profile, level, parameters.bitDepth)
        let stated = CodecsAttribute.of(entry) ?? ""
        parameters.codecs = stated.hasPrefix(short + ".") ? stated : short
        return parameters
    }

    /// The level and the tier of the first operating point, which is all there is without scalability.
    private static func readOperatingPoints(
        _ reader: inout BitReader
    ) throws(MalformedMedia) -> (level: Int, tier: Int) {
        var delayBits: Int?
        if try reader.flag() {
            reader.skip(64)
            if try reader.flag() { _ = try reader.unsignedGolomb() }
            if try reader.flag() {
                delayBits = try reader.bits(5) + 1
                reader.skip(42)
            }
        }
        let hasDisplayDelay = try reader.flag()
        var first: (level: Int, tier: Int)?
        for _ in 0...(try reader.bits(5)) {
            reader.skip(12)
            let level = try reader.bits(5)
            let tier = level > 7 ? try reader.bit() : 0
            first = first ?? (level, tier)
            if let delayBits, try reader.flag() { reader.skip(2 * delayBits + 1) }
            if hasDisplayDelay, try reader.flag() { reader.skip(4) }
        }
        return first ?? (0, 0)
    }

    /// The coding tools between the size and the colours.
    private static func skipTools(_ reader: inout BitReader, isStill: Bool) throws(MalformedMedia) {
        if !isStill, try reader.flag() { reader.skip(7) }
        reader.skip(3)
        if !isStill {
            reader.skip(4)
            let hasOrderHint = try reader.flag()
            if hasOrderHint { reader.skip(2) }
            // seq_choose_screen_content_tools, or what it is forced to; then the same for whole motion vectors.
            let usesScreenTools = try reader.flag() ? true : try reader.flag()
            if usesScreenTools, try !reader.flag() { reader.skip(1) }
            if hasOrderHint { reader.skip(3) }
        }
        reader.skip(3)
    }

    private static func readColor(
        _ reader: inout BitReader,
        _ parameters: inout VideoParameters
    ) throws(MalformedMedia) {
        let isHigh = try reader.flag()
        parameters.bitDepth = isHigh ? 10 : 8
        if parameters.profile == 2, isHigh, try reader.flag() { parameters.bitDepth = 12 }
        let isMonochrome = parameters.profile == 1 ? false : try reader.flag()
        parameters.chromaFormat = isMonochrome ? 0 : parameters.profile == 0 ? 1 : 3
        guard try reader.flag() else {
            parameters.isFullRange = try reader.flag()
            return
        }
        let codes = (try reader.bits(8), try reader.bits(8), try reader.bits(8))
        // sRGB is always of full range, so nothing says it.
        parameters.isFullRange = codes == (1, 13, 0) ? true : try reader.flag()
        parameters.color = .init(
            primaries: codes.0,
            transfer: codes.1,
            matrix: codes.2,
            isFullRange: parameters.isFullRange
        )
    }
}

/// The units that AV1's data is made of (5.3).
enum AV1Units {
    /// All of them; each must say its size, as MP4 demands of all but the last.
    static func split(
        _ bytes: ArraySlice<UInt8>
    ) throws(MalformedMedia) -> [(type: Int, payload: ArraySlice<UInt8>)] {
        var units: [(type: Int, payload: ArraySlice<UInt8>)] = []
        var reader = ByteReader(bytes)
        while !reader.rest.isEmpty {
            let header = try reader.integer(1)
            if header & 0x04 != 0 { try reader.skip(1) }
            var size = reader.rest.count
            if header & 0x02 != 0 { size = try length(&reader) }
            units.append((header >> 3 & 0x0f, try reader.take(size)))
        }
        return units
    }

    /// `leb128`: seven bits a byte, the lowest first.
    private static func length(_ reader: inout ByteReader) throws(MalformedMedia) -> Int {
        var length = 0
        for index in 0..<8 {
            let byte = try reader.integer(1)
            length |= (byte & 0x7f) << (7 * index)
            if byte & 0x80 == 0 { break }
        }
        return length
    }
}
