import Foundation

/// The names of codecs in RFC 6381, which tell a player before it loads anything whether it can play a rendition.
enum CodecsAttribute {
    /// `avc1.PPCCLL`: profile, constraints and level of H.264.
    ///
    /// `extradata` is either `avcC`, whose bytes 1 to 3 they are, or Annex B, where they follow the type of the
    /// sequence parameter set.
    static func avc1(_ extradata: [UInt8]) -> String? {
        let start = extradata.first == 1 ? 1 : startOfParameterSet(extradata)
        guard let start, extradata.count >= start + 3 else { return nil }
        return "avc1." + extradata[start..<start + 3].map { String(format: "%02x", $0) }.joined()
    }

    /// `mp4a.40.N`: the first five bits of AudioSpecificConfig are the audio object type; 2 is AAC-LC.
    static func mp4a(_ extradata: [UInt8]) -> String? {
        extradata.first.map { "mp4a.40.\($0 >> 3)" }
    }

    /// One past the header byte of the first NAL unit of type 7.
    private static func startOfParameterSet(_ bytes: [UInt8]) -> Int? {
        guard bytes.count > 4 else { return nil }
        return (3..<bytes.count).first { index in
            bytes[index] & 0x1f == 7 && bytes[index - 1] == 1 && bytes[index - 2] == 0 && bytes[index - 3] == 0
        }
        .map { $0 + 1 }
    }
}
