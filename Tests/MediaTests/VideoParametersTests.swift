import Foundation
import TestSupport
import Testing

@testable import Media

/// What our readers of codecs' headers say about files that `ffmpeg` made, and `ffprobe` describes.
@Suite struct VideoParametersTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    func parameters(_ options: String) throws -> (parameters: VideoParameters, entry: SampleEntry, file: MP4File) {
        try Command.ffmpeg("-f lavfi -i testsrc=s=322x182:r=25:d=0.4 \(options) clip.mp4", in: folder.url)
        let file = try MP4File(folder.url.appending(path: "clip.mp4"))
        let entry = try #require(try file.movie().video).entry
        return (try VideoParameters(entry), entry, file)
    }

    @Test(
        arguments: [
            "-c:v libx264 -pix_fmt yuv420p -profile:v high -level 3.1",
            "-c:v libx265 -tag:v hvc1 -pix_fmt yuv420p -x265-params log-level=none",
            "-c:v libsvtav1 -preset 12 -pix_fmt yuv420p", "-c:v libaom-av1 -cpu-used 8 -pix_fmt yuv420p",
        ]
    )
    func headersOfEveryCodecAreRead(options: String) throws {
        let (parameters, entry, _) = try parameters(options)
        #expect(parameters.width == 322 && parameters.height == 182)
        #expect(parameters.bitDepth == 8 && parameters.chromaFormat == 1 && parameters.isProgressive)
        #expect(parameters.codecs == CodecsAttribute.of(entry))
    }

    @Test func levelAndProfileAreTheEncoders() throws {
        let (parameters, _, _) = try parameters(
            "-c:v libx264 -pix_fmt yuv420p -profile:v main -level 4.0 -refs 3 -bf 0"
        )
        #expect(parameters.profile == 77 && parameters.level == 40 && parameters.decodedPictures == 3)
        #expect(parameters.codecs == "avc1.4d4028")
    }

    @Test func depthAndColorsAreRead() throws {
        let deep = try parameters("-c:v libx265 -tag:v hvc1 -pix_fmt yuv422p10le -x265-params log-level=none")
            .parameters
        #expect(deep.bitDepth == 10 && deep.chromaFormat == 2)
        let colors = "-color_primaries bt2020 -color_trc smpte2084 -colorspace bt2020nc -color_range pc"
        let wide = try parameters("-c:v libx264 -pix_fmt yuv420p \(colors)").parameters
        #expect(wide.color == .init(primaries: 9, transfer: 16, matrix: 9, isFullRange: true))
    }

    @Test func lowestLevelIsTheStandards() {
        func level(_ width: Int, _ height: Int, _ rate: Double, _ bits: Int = 1_000_000) -> Int? {
            H264Level.lowest(
                for: .init(width: width, height: height, decodedPictures: 3, framesPerSecond: rate, bitsPerSecond: bits)
            )?.number
        }
        #expect(level(1280, 720, 30) == 31 && level(1280, 720, 60) == 32)
        #expect(level(1920, 1080, 30) == 40 && level(1080, 1920, 60) == 42)
        #expect(level(1920, 1080, 30, 30_000_000) == 41)
        #expect(level(3840, 2160, 30) == 51 && level(20_000, 20_000, 1) == nil)
    }

    @Test(
        arguments: [
            ("-c:v libx264 -pix_fmt yuv420p", [true]), ("-c:v libx264 -g 5 -pix_fmt yuv420p", [true, true]),
            ("-c:v libx264 -x264-params open-gop=1:keyint=5:bframes=2:b-adapt=0 -pix_fmt yuv420p", [true, false]),
            ("-c:v libaom-av1 -cpu-used 8 -pix_fmt yuv420p", [true]),
            ("-c:v libx265 -tag:v hvc1 -x265-params log-level=none:open-gop=0 -pix_fmt yuv420p", [true]),
        ]
    )
    func onlyPicturesThatNeedNothingStartDecoding(options: String, starts: [Bool]) throws {
        let (_, entry, file) = try parameters(options)
        let samples = try #require(try file.movie().video).samples
        let sync = samples.syncSamples ?? Array(0..<samples.count)
        let pictures = try sync.map { try file.bytes(at: samples.offsets()[$0], count: samples.sizes[$0]) }
        let found = try pictures.map { try CodedPicture.startsDecoding($0, entry: entry) }
        #expect(Array(found.prefix(starts.count)) == starts)
    }
}
