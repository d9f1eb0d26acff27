/// A kind of file that is recognised and is not a video.
struct ForeignFormat {
    let code: MediaRefusal.Code
    /// With its article, for example `a PDF document`.
    let name: String

    init(_ code: MediaRefusal.Code, _ name: String) {
        self.code = code
        self.name = name
    }

    var refusal: MediaRefusal {
        let advice =
            switch code {
            case .noVideo: "It has no picture. Upload a video."
            case .unsupportedFormat: "Upload an MP4, MOV, MKV, WebM, AVI or MPEG file instead."
            default: "Upload the video itself."
            }
        return MediaRefusal(code, "This file is \(name), not a video. \(advice)")
    }

    static func find(_ head: Head) -> ForeignFormat? {
        let text = head.text
        if let script = texts.first(where: { text.hasPrefix($0.start) }) { return script.format }
        if let magic = magics.first(where: { head.starts(with: $0.start) }) { return magic.format }
        if head.has("ustar", at: 257) { return ForeignFormat(.notMedia, "an archive (TAR)") }
        if head.has("RIFF", at: 0) { return riff(head) }
        if head.has("FORM", at: 0), head.has("AIF", at: 8) {
            return ForeignFormat(.noVideo, "a sound recording (AIFF)")
        }
        return isMPEGAudio(head) ? ForeignFormat(.noVideo, "a sound recording (MP3 or AAC)") : nil
    }

    private static func riff(_ head: Head) -> ForeignFormat {
        if head.has("WAVE", at: 8) { return ForeignFormat(.noVideo, "a sound recording (WAV)") }
        if head.has("WEBP", at: 8) { return ForeignFormat(.unsupportedFormat, "a picture (WebP)") }
        return ForeignFormat(.unsupportedFormat, "a RIFF file")
    }

    /// A frame of MPEG audio: eleven bits set, then a version, a layer, a bitrate and a rate that exist.
    private static func isMPEGAudio(_ head: Head) -> Bool {
        guard head.bytes.count >= 4, head.bytes[0] == 0xFF, head.bytes[1] & 0xE0 == 0xE0 else { return false }
        let isADTS = head.bytes[1] & 0xF6 == 0xF0
        let version = head.bytes[1] >> 3 & 3
        let layer = head.bytes[1] >> 1 & 3
        let bitrate = head.bytes[2] >> 4
        return isADTS || version != 1 && layer != 0 && bitrate != 15 && head.bytes[2] >> 2 & 3 != 3
    }

    /// Compared with the first words, in lower case.
    private static let texts: [(start: String, format: ForeignFormat)] = [
        ("#extm3u", ForeignFormat(.notMedia, "a playlist (HLS)")),
        ("ffconcat", ForeignFormat(.notMedia, "a playlist (ffconcat)")),
        ("[playlist]", ForeignFormat(.notMedia, "a playlist (PLS)")),
        ("<mpd", ForeignFormat(.notMedia, "a playlist (DASH)")),
        ("<svg", ForeignFormat(.notMedia, "a picture (SVG)")),
        ("<?xml", ForeignFormat(.notMedia, "an XML document, for example a playlist or a drawing")),
        ("<!doctype", ForeignFormat(.notMedia, "a web page or an XML document")),
        ("<html", ForeignFormat(.notMedia, "a web page")),
        ("#!amr", ForeignFormat(.noVideo, "a sound recording (AMR)")),
        ("#!", ForeignFormat(.notMedia, "a script")),
        ("yuv4mpeg2 ", ForeignFormat(.unsupportedFormat, "raw pictures (Y4M)")),
        ("%pdf", ForeignFormat(.notMedia, "a PDF document")),
        ("{\\rtf", ForeignFormat(.notMedia, "a text document (RTF)")),
    ]

    private static let magics: [(start: [UInt8], format: ForeignFormat)] = [
        ([0x89, 0x50, 0x4E, 0x47], ForeignFormat(.unsupportedFormat, "a picture (PNG)")),
        ([0xFF, 0xD8, 0xFF], ForeignFormat(.unsupportedFormat, "a picture (JPEG)")),
        (Array("GIF8".utf8), ForeignFormat(.unsupportedFormat, "a picture (GIF)")),
        (Array("BM".utf8), ForeignFormat(.unsupportedFormat, "a picture (BMP)")),
        ([0x49, 0x49, 0x2A, 0x00], ForeignFormat(.unsupportedFormat, "a picture (TIFF)")),
        ([0x4D, 0x4D, 0x00, 0x2A], ForeignFormat(.unsupportedFormat, "a picture (TIFF)")),
        (Array("8BPS".utf8), ForeignFormat(.unsupportedFormat, "a picture (PSD)")),
        ([0x00, 0x00, 0x01, 0x00], ForeignFormat(.unsupportedFormat, "a picture (ICO)")),
        (Array("ID3".utf8), ForeignFormat(.noVideo, "a sound recording (MP3)")),
        (Array("fLaC".utf8), ForeignFormat(.noVideo, "a sound recording (FLAC)")),
        (Array("MThd".utf8), ForeignFormat(.noVideo, "a piece of music (MIDI)")),
        (Array("caff".utf8), ForeignFormat(.noVideo, "a sound recording (CAF)")),
        (Array("wvpk".utf8), ForeignFormat(.noVideo, "a sound recording (WavPack)")),
        (Array("MAC ".utf8), ForeignFormat(.noVideo, "a sound recording (Monkey's Audio)")),
        (Array("DSD ".utf8), ForeignFormat(.noVideo, "a sound recording (DSF)")),
        (Array(".snd".utf8), ForeignFormat(.noVideo, "a sound recording (AU)")),
        (Array(".RMF".utf8), ForeignFormat(.unsupportedFormat, "a RealMedia file")),
        ([0x06, 0x0E, 0x2B, 0x34], ForeignFormat(.unsupportedFormat, "an MXF file")),
        (Array("DKIF".utf8), ForeignFormat(.unsupportedFormat, "an IVF file")),
        ([0x00, 0x00, 0x01, 0xB3], ForeignFormat(.unsupportedFormat, "a bare MPEG stream")),
        ([0x00, 0x00, 0x00, 0x01], ForeignFormat(.unsupportedFormat, "a bare H.264 or H.265 stream")),
        (Array("PK\u{3}\u{4}".utf8), ForeignFormat(.notMedia, "an archive (ZIP)")),
        ([0x1F, 0x8B], ForeignFormat(.notMedia, "an archive (GZIP)")),
        (Array("BZh".utf8), ForeignFormat(.notMedia, "an archive (BZIP2)")),
        ([0xFD, 0x37, 0x7A, 0x58, 0x5A], ForeignFormat(.notMedia, "an archive (XZ)")),
        ([0x28, 0xB5, 0x2F, 0xFD], ForeignFormat(.notMedia, "an archive (ZSTD)")),
        (Array("Rar!".utf8), ForeignFormat(.notMedia, "an archive (RAR)")),
        ([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], ForeignFormat(.notMedia, "an archive (7-Zip)")),
        ([0x7F, 0x45, 0x4C, 0x46], ForeignFormat(.notMedia, "a program")),
        (Array("MZ".utf8), ForeignFormat(.notMedia, "a program")),
        (Array("SQLite format 3".utf8), ForeignFormat(.notMedia, "a database")),
    ]
}
