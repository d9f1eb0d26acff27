import Foundation

/// The names of codecs in RFC 6381, which tell a player before it loads anything whether it can play a rendition.
enum CodecsAttribute {
    /// Of a track; `nil` for a coding that no rendition may have.
    static func of(_ entry: SampleEntry) -> String? {
        switch entry.format {
        case "avc1": avc1(entry.configuration)
        case "hvc1": hvc1(entry.configuration)
        case "av01": av01(entry.configuration, color: entry.color)
        case "mp4a": mp4a(entry.configuration)
        default: nil
        }
    }

    /// Of a rendition, pictures first.
    static func of(_ movie: Movie) -> String? {
        let codecs = [movie.video, movie.audio].compactMap { $0 }.map { of($0.entry) }
        return codecs.contains(nil) ? nil : codecs.compactMap { $0 }.joined(separator: ",")
    }

    /// `avc1.PPCCLL`: profile, constraints and level of H.264, which are bytes 1 to 3 of `avcC`.
    static func avc1(_ avcC: [UInt8]) -> String? {
        guard avcC.count >= 4, avcC[0] == 1 else { return nil }
        return "avc1." + avcC[1..<4].map { String(format: "%02x", $0) }.joined()
    }

    /// `hvc1.P.C.TL.B…` of ISO/IEC 14496-15, annex E.3.
    ///
    /// The profile, its compatibility flags in reverse order, tier and level, and the bytes of constraints without
    /// the zeros at their end.
    static func hvc1(_ hvcC: [UInt8]) -> String? {
        guard hvcC.count >= 13, hvcC[0] == 1 else { return nil }
        let space = ["", "A", "B", "C"][Int(hvcC[1] >> 6)]
        // Bit 0 of the first byte comes first: the last byte's lowest bit becomes the highest of the number.
        let compatibility = hvcC[2..<6].reversed().reduce(0) { $0 << 8 | Int($1.bitReversed) }
        var constraints = hvcC[6..<12]
        while constraints.last == 0 { constraints = constraints.dropLast() }
        let parts = [
            "hvc1", "\(space)\(hvcC[1] & 0x1f)", String(compatibility, radix: 16, uppercase: true),
            "\(hvcC[1] & 0x20 == 0 ? "L" : "H")\(hvcC[12])",
        ]
        return (parts + constraints.map { String($0, radix: 16, uppercase: true) }).joined(separator: ".")
    }

    /// `av01.P.LLT.DD` of the AV1-in-ISOBMFF binding, section 5: profile, level and tier, bits per sample.
    ///
    /// What may follow says how colours differ from 4:2:0 in BT.709 and limited range; BT.601 does.
    static func av01(_ av1C: [UInt8], color: SampleEntry.Color? = nil) -> String? {
        guard av1C.count >= 4, av1C[0] == 0x81 else { return nil }
        let depth = av1C[2] & 0x40 == 0 ? 8 : av1C[2] & 0x20 == 0 ? 10 : 12
        let tier = av1C[2] & 0x80 == 0 ? "M" : "H"
        let short = String(format: "av01.%d.%02d\(tier).%02d", Int(av1C[1] >> 5), Int(av1C[1] & 0x1f), depth)
        guard let color, color != .init(primaries: 1, transfer: 1, matrix: 1, isFullRange: false) else { return short }
        // Monochrome, the two bits of subsampling, and where chroma samples lie.
        let monochrome = av1C[2] >> 4 & 1
        let chroma = "\(av1C[2] >> 3 & 1)\(av1C[2] >> 2 & 1)\(av1C[2] & 3)"
        return short
            + String(format: ".%d.\(chroma)", Int(monochrome))
            + String(format: ".%02d.%02d.%02d.", color.primaries, color.transfer, color.matrix)
            + (color.isFullRange ? "1" : "0")
    }

    /// `mp4a.40.N`: the first five bits of AudioSpecificConfig are the audio object type; 2 is AAC-LC.
    static func mp4a(_ extradata: [UInt8]) -> String? {
        extradata.first.map { "mp4a.40.\($0 >> 3)" }
    }
}

extension UInt8 {
    /// The same bits from the other end.
    fileprivate var bitReversed: UInt8 {
        (0..<8).reduce(UInt8(0)) { $0 << 1 | (self >> $1) & 1 }
    }
}
