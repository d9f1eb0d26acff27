import Domain
import Foundation
import TestSupport
import Testing

@Suite struct ContainerSnifferTests {
    /// Each character is one byte.
    private static func latin1(_ text: String) -> [UInt8] { text.unicodeScalars.map { UInt8($0.value) } }

    private static func transport(packet: Int, offset: Int, packets: Int = 5) -> [UInt8] {
        let start = [UInt8](repeating: 1, count: offset) + [0x47]
        let one = start + [UInt8](repeating: 0xB8, count: packet - start.count)
        return (0..<packets).flatMap { _ in one }
    }

    private static let containers: [(String, String)] = [
        ("mp4", "\0\0\0\u{18}ftypisom"), ("mp4", "\0\0\0\u{14}ftypqt  "), ("mp4", "\0\0\0\u{18}ftyp3gp4"),
        ("mov", "\0\0\u{1}\u{18}moov\0\0"), ("mov", "\0\0\0\u{1}mdat\0\0"), ("mov", "\0\0\0\0mdat"),
        ("mov", "\0\0\0\u{8}wide"), ("mov", "\0\0\0\u{8}free"), ("mov", "\0\0\0\u{8}skip"),
        ("matroska", "\u{1A}\u{45}\u{DF}\u{A3}\u{9F}"), ("avi", "RIFF\u{1}\u{2}\u{3}\u{4}AVI LIST"),
        ("mpeg-ps", "\0\0\u{1}\u{BA}D"), ("flv", "FLV\u{1}\u{5}"),
        ("asf", "\u{30}\u{26}\u{B2}\u{75}\u{8E}\u{66}\u{CF}\u{11}\u{A6}"), ("ogg", "OggS\0\u{2}\u{80}theora"),
        ("ogg", "OggS\0\u{2}\u{1}vorbisOggS\0\u{2}\u{80}theora"), ("ogg", "OggS\0\u{2}fishead\0"),
    ]

    @Test(arguments: containers) func containersAreKnown(name: String, head: String) throws {
        #expect(try ContainerSniffer.sniff(Self.latin1(head)) == name)
    }

    @Test(arguments: [(188, 0, 5), (192, 4, 5), (204, 0, 5), (188, 0, 30), (188, 0, 2)])
    func transportStreamsAreKnownByTheirPackets(packet: Int, offset: Int, packets: Int) throws {
        let head = Self.transport(packet: packet, offset: offset, packets: packets)
        #expect(try ContainerSniffer.sniff(head) == "mpeg-ts")
    }

    private static let others: [(MediaRefusal.Code, String, String)] = [
        (.empty, "empty", ""), (.noVideo, "M4A", "\0\0\0\u{18}ftypM4A "),
        (.unsupportedFormat, "HEIC", "\0\0\0\u{18}ftypheic"), (.unsupportedFormat, "AVIF", "\0\0\0\u{18}ftypavif"),
        (.noVideo, "MP3", "ID3\u{4}\0"), (.noVideo, "MP3", "\u{FF}\u{FB}\u{90}d"),
        (.noVideo, "AAC", "\u{FF}\u{F1}P\u{80}"),
        (.noVideo, "WAV", "RIFF....WAVEfmt "), (.noVideo, "FLAC", "fLaC\0"), (.noVideo, "Ogg", "OggS\0\u{2}OpusHead"),
        (.noVideo, "AMR", "#!AMR\n"), (.noVideo, "AIFF", "FORM....AIFF"), (.notMedia, "HLS", "#EXTM3U\n"),
        (.notMedia, "HLS", "\u{EF}\u{BB}\u{BF}\r\n #extm3u"), (.notMedia, "HLS", "\u{FF}\u{FE}#\0E\0X\0T\0M\03\0U\0"),
        (.notMedia, "ffconcat", "ffconcat version 1.0"), (.notMedia, "DASH", "<MPD xmlns"),
        (.notMedia, "XML", "<?xml version='1.0'?><MPD>"), (.notMedia, "SVG", "<svg xmlns"),
        (.notMedia, "web page", "<html>"), (.notMedia, "script", "#!/bin/sh\n"), (.notMedia, "text", "file 'a.mp4'\n"),
        (.notMedia, "text", "\u{E7}\u{94}\u{B5}\u{E5}\u{BD}"), (.unsupportedFormat, "PNG", "\u{89}PNG\r"),
        (.unsupportedFormat, "JPEG", "\u{FF}\u{D8}\u{FF}\u{E0}"), (.unsupportedFormat, "GIF", "GIF89a"),
        (.unsupportedFormat, "WebP", "RIFF....WEBP"), (.notMedia, "ZIP", "PK\u{3}\u{4}"),
        (.notMedia, "PDF", "%PDF-1.7"),
        (.notMedia, "program", "\u{7F}ELF\u{2}"), (.notMedia, "not a video", String(repeating: "\0", count: 4096)),
        (.notMedia, "not a video", "\u{1}"), (.notMedia, "not a video", "\0\0\0\u{3}ftypisom"),
    ]

    @Test(arguments: others) func everythingElseIsRefusedInWords(code: MediaRefusal.Code, words: String, head: String) {
        let refusal = #expect(throws: MediaRefusal.self) { try ContainerSniffer.sniff(Self.latin1(head)) }
        #expect(refusal?.code == code)
        #expect(refusal?.message.contains(words) == true, "\(refusal?.message ?? "")")
    }

    @Test func randomBytesAreRefused() {
        var random = Random(seed: Random.seed())
        for _ in 0..<500 {
            // Not the two bytes by which short magic numbers go.
            let head: [UInt8] = (0..<4096).map { $0 == 0 ? 7 : UInt8.random(in: .min ... .max, using: &random) }
            #expect(throws: MediaRefusal.self) { try ContainerSniffer.sniff(head) }
        }
    }

    /// The corpus of real and hostile clips is not part of this repository.
    @Test(.enabled(if: corpus != nil, "CLIPYARD_CORPUS names no folder")) func theCorpusIsJudgedRight() throws {
        let folder = try #require(Self.corpus)
        let files = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0 != "MANIFEST.tsv" }
        let refused = files.filter { name in
            let file = FileHandle(forReadingAtPath: "\(folder)/\(name)")
            let head = (try? file?.read(upToCount: ContainerSniffer.headBytes)) ?? Data()
            return (try? ContainerSniffer.sniff(Array(head))) == nil
        }
        let hostile = files.filter {
            $0.hasPrefix("lfi_") || $0.hasPrefix("ssrf_")
                || ["random.mp4", "script.mp4", "empty.mp4", "cover.m4a"].contains($0)
        }
        #expect(hostile.count > 10)
        #expect(Set(refused) == Set(hostile))
    }

    private static let corpus = ProcessInfo.processInfo.environment["CLIPYARD_CORPUS"]
}
