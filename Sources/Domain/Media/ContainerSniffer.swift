/// Decides from its first bytes whether a file can be a video at all.
///
/// This is not a probe: a file that passes may still be damaged. It is what an
/// upload is refused by while its first bytes arrive, before anybody waits for
/// the rest, and what keeps playlists and scripts, which make media libraries
/// open other files and addresses, away from them.
public enum ContainerSniffer {
    /// How many bytes are enough to decide; fewer are a whole file that is this short.
    public static let headBytes = 4096

    /// The name of the container, from the first bytes of a file.
    public static func sniff(_ head: [UInt8]) throws(MediaRefusal) -> String {
        guard !head.isEmpty else {
            throw MediaRefusal(.empty, "The file is empty. Choose a video and upload it again.")
        }
        let head = Head(bytes: head)
        if let container = try video(head) { return container }
        if let kind = ForeignFormat.find(head) { throw kind.refusal }
        if head.isText { throw ForeignFormat(.notMedia, "a text file").refusal }
        throw MediaRefusal(
            .notMedia,
            "This file is not a video that we know. Upload an MP4, MOV, MKV, WebM, AVI or MPEG file."
        )
    }

    private static func video(_ head: Head) throws(MediaRefusal) -> String? {
        if let container = try baseMedia(head) { return container }
        if head.starts(with: [0x1A, 0x45, 0xDF, 0xA3]) { return "matroska" }
        if head.has("RIFF", at: 0), head.has("AVI ", at: 8) { return "avi" }
        if head.starts(with: [0x00, 0x00, 0x01, 0xBA]) { return "mpeg-ps" }
        if head.has("FLV\u{1}", at: 0) { return "flv" }
        if head.starts(with: [0x30, 0x26, 0xB2, 0x75, 0x8E, 0x66, 0xCF, 0x11]) { return "asf" }
        if head.has("OggS", at: 0) { return try ogg(head) }
        return isTransportStream(head) ? "mpeg-ts" : nil
    }

    /// ISO base media and QuickTime: a box, its size first.
    private static func baseMedia(_ head: Head) throws(MediaRefusal) -> String? {
        let boxes = ["ftyp", "moov", "mdat", "wide", "free", "skip", "pnot", "styp", "moof", "sidx", "uuid"]
        guard boxes.contains(where: { head.has($0, at: 4) }) else { return nil }
        // 0: to the end of the file, 1: a 64-bit size follows.
        guard let size = head.bigEndian32(at: 0), size >= 8 || size <= 1 else { return nil }
        guard head.has("ftyp", at: 4) else { return "mov" }
        if ["M4A ", "M4B ", "M4P "].contains(where: { head.has($0, at: 8) }) {
            throw ForeignFormat(.noVideo, "a sound recording (M4A)").refusal
        }
        if ["avif", "avis", "heic", "heix", "hevc", "mif1", "msf1", "crx "].contains(where: { head.has($0, at: 8) }) {
            throw ForeignFormat(.unsupportedFormat, "a picture (AVIF or HEIC)").refusal
        }
        return "mp4"
    }

    /// Every stream of an Ogg file announces itself in the first pages.
    private static func ogg(_ head: Head) throws(MediaRefusal) -> String {
        let videos: [[UInt8]] = [[0x80] + Array("theora".utf8), Array("OVP80".utf8), Array("BBCD".utf8)]
        let sounds: [[UInt8]] = [[0x01] + Array("vorbis".utf8), Array("OpusHead".utf8), [0x7F] + Array("FLAC".utf8)]
        if !videos.contains(where: head.contains), sounds.contains(where: head.contains) {
            throw ForeignFormat(.noVideo, "a sound recording (Ogg)").refusal
        }
        return "ogg"
    }

    /// Packets of 188 bytes that begin with 0x47, in AVCHD files with a time of 4 bytes before each.
    private static func isTransportStream(_ head: Head) -> Bool {
        for (size, offset) in [(188, 0), (192, 4), (204, 0)] {
            let packets = Array(stride(from: offset, to: head.bytes.count, by: size).prefix(8))
            if packets.count >= 2, packets.allSatisfy({ head.bytes[$0] == 0x47 }) { return true }
        }
        return false
    }
}
