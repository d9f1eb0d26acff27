import Foundation
import TestSupport
import Testing

@testable import Media

/// A good package with a few bytes of a segment or its header changed: exactly the rule against it fires.
@Suite struct SegmentRulesTests {
    let package: GoodPackage
    let initialization = "hls/120/init.mp4"
    let second = "hls/120/segment-00002.m4s"

    init() throws { package = try GoodPackage() }

    @Test func segmentThatEndsTooSoonIsFound() throws {
        try package.alter(second) { $0.removeLast(100) }
        #expect(package.broken == [.structure])
    }

    @Test func missingSegmentIsFound() throws {
        try FileManager.default.removeItem(at: package.file(second))
        #expect(package.broken == [.files])
    }

    @Test(arguments: [1, 2])
    func gapBetweenFragmentsIsFound(track: Int) throws {
        try package.alter(second) { bytes in
            let time = try bytes.payload(of: "tfdt", track) + 4
            bytes.put(bytes.number(at: time, byteCount: 8) + 512, at: time, byteCount: 8)
        }
        #expect(package.broken == [.tfdt])
    }

    @Test func segmentMustStartWithAnIDRPicture() throws {
        try package.alter(second) { bytes in
            let data = try bytes.payload(of: "mdat")
            // The type of the slice's NAL unit, behind its length: 5 becomes 1.
            #expect(bytes[data + 4] & 0x1f == 5)
            bytes[data + 4] = bytes[data + 4] & 0xe0 | 1
        }
        #expect(package.broken == [.startsWithIDR])
    }

    /// Where the first `trun` has what belongs to a picture: duration, size, flags and the offset of its time.
    func entry(_ index: Int, in bytes: [UInt8]) throws -> Int {
        let run = try bytes.payload(of: "trun")
        try #require(bytes.number(at: run + 1, byteCount: 3) == 0xf01)
        return run + 12 + 16 * index
    }

    @Test func firstPictureMustBeMarkedAsOneToStartAt() throws {
        try package.alter(second) { bytes in
            bytes.put(0x101_0000, at: try entry(0, in: bytes) + 8, byteCount: 4)
        }
        #expect(package.report().errors.map(\.rule) == [.startsWithIDR])
    }

    @Test func pictureShownBeforeItsKeyframeIsFound() throws {
        try package.alter(second) { bytes in
            // Only version 1 has times that go back.
            bytes[try bytes.payload(of: "trun")] = 1
            bytes.put(-4096, at: try entry(1, in: bytes) + 12, byteCount: 4)
        }
        #expect(package.broken == [.closedGOP])
    }

    @Test func longDistanceOfKeyframesIsNoted() throws {
        let long = try GoodPackage.make { $0.video.segmentSeconds = 4 }
        #expect(Set(PackageVerifier(folder: long.url).report().notes.map(\.rule)) == [.gopLength])
    }

    @Test func headerThatContradictsTheStreamIsFound() throws {
        try package.alter(initialization) { bytes in
            // The level in avcC; the one in the sequence parameter set stays.
            let level = try bytes.payload(of: "avcC") + 3
            bytes[level] += 1
        }
        #expect(package.broken == [.configuration])
    }

    @Test func wrongSizeInTheContainerIsFound() throws {
        try package.alter(initialization) { bytes in
            let width = try bytes.payload(of: "avc1") + 24
            bytes.put(640, at: width, byteCount: 2)
        }
        #expect(package.broken == [.resolution])
    }

    @Test func pixelsThatAreNotSquareAreFound() throws {
        try package.alter(initialization) { bytes in
            let shape = try bytes.payload(of: "pasp")
            bytes.put(4, at: shape, byteCount: 4)
            bytes.put(3, at: shape + 4, byteCount: 4)
        }
        #expect(package.broken == [.squarePixels])
    }

    /// Makes a rung claim another level, everywhere.
    func claim(level: UInt8, rung: String = "120") throws {
        let master = try package.text("hls/master.m3u8")
        let pattern = try Regex(
            "avc1\\.6400(..)(\"?[^\\n]*RESOLUTION=...x\(rung))",
            as: (Substring, Substring, Substring).self
        )
        let codecs = try #require(try pattern.firstMatch(in: master))
        let stated = try #require(UInt8(codecs.output.1, radix: 16))
        try package.alter("hls/\(rung)/init.mp4") { $0.replaceAll([0x64, 0, stated], with: [0x64, 0, level]) }
        let hex = String(level, radix: 16)
        try package.replace(pattern, in: "hls/master.m3u8") {
            "avc1.6400\(hex.count == 1 ? "0" : "")\(hex)\($0.output.2)"
        }
    }

    @Test func levelThatDoesNotHoldIsFound() throws {
        try claim(level: 10)
        #expect(package.broken == [.level])
    }

    @Test func levelFarAboveTheNeedIsNoted() throws {
        try claim(level: 51)
        #expect(package.broken == [.minimalLevel])
        #expect(package.report().errors == [])
    }

    @Test func ladderWithoutARungForEveryDeviceIsNoted() throws {
        for rung in ["240", "120"] { try claim(level: 51, rung: rung) }
        #expect(package.broken == [.minimalLevel, .compatibleVariant])
    }

    @Test func pictureThatDoesNotDecodeIsFound() throws {
        try package.alter("hls/120/segment-00001.m4s") { bytes in
            var unit = try bytes.payload(of: "mdat")
            // Supplemental information comes before the slice.
            while bytes[unit + 4] & 0x1f != 5 { unit += 4 + bytes.number(at: unit, byteCount: 4) }
            for index in unit + 5..<unit + 25 { bytes[index] = 0 }
        }
        #expect(package.broken == [.decodes])
    }

    @Test func surroundSoundIsFound() throws {
        try package.alter(initialization) { bytes in
            // AudioSpecificConfig of AAC-LC, 48 kHz, stereo: six channels instead of two.
            let configuration = try #require(bytes.firstIndex(of: [0x11, 0x90], from: bytes.payload(of: "esds")))
            bytes[configuration + 1] = 0xb0
        }
        #expect(package.broken == [.audio])
    }

    @Test func primingThatIsHeardIsNoted() throws {
        try package.alter(initialization) { bytes in
            let mediaTime = try bytes.payload(of: "elst", 2) + 12
            #expect(bytes.number(at: mediaTime, byteCount: 4) == 1024)
            bytes.put(0, at: mediaTime, byteCount: 4)
        }
        #expect(package.broken == [.priming])
    }

    @Test func soundThatComesLateIsFound() throws {
        for segment in ["hls/120/segment-00001.m4s", second] {
            try package.alter(segment) { bytes in
                let time = try bytes.payload(of: "tfdt", 2) + 4
                // 80 ms at 48 kHz, on top of the 21 ms of priming.
                bytes.put(bytes.number(at: time, byteCount: 8) + 3840, at: time, byteCount: 8)
            }
        }
        #expect(package.broken.subtracting([.priming]) == [.avSync])
    }

    @Test func missingCoverIsFound() throws {
        try FileManager.default.removeItem(at: package.file("cover.jpg"))
        #expect(package.broken == [.cover])
    }
}
