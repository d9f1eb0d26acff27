import FFmpeg
import Testing

@testable import Media

@Suite struct VideoFiltersTests {
    func text(
        _ traits: PictureTraits,
        orientation: VideoFilters.Orientation = .init(),
        size: (width: Int, height: Int),
        cap: Int? = nil
    ) -> String {
        VideoFilters.source(
            traits,
            orientation: orientation,
            size: size,
            frameRateCap: cap,
            timeBase: Rational(1, 90_000),
            workingTimeBase: Rational(1, 90_000)
        )
    }

    /// libavfilter itself says whether a text means something.
    func size(of text: String) throws -> [Int] {
        let sink = try FilterGraph(text).sink("buffersink@out")
        return [sink.width, sink.height]
    }

    static let hd = PictureTraits(width: 1920, height: 1080, pixelFormat: "yuv420p")

    @Test func usualPictureIsNotTouched() {
        let text = text(Self.hd, size: (1920, 1080))
        for filter in ["scale=", "transpose", "bwdif", "fps=", "tonemap", "format="] { #expect(!text.contains(filter)) }
        #expect(text.contains("colorspace=bt709"))
    }

    @Test(arguments: [(0, false), (90, false), (180, false), (270, false), (0, true), (90, true)])
    func everyOrientationComesOutUpright(degrees: Int, isMirrored: Bool) throws {
        let orientation = VideoFilters.Orientation(rotationDegrees: degrees, isMirrored: isMirrored)
        let upright = orientation.isSideways ? (width: 720, height: 1280) : (width: 1280, height: 720)
        let text = text(Self.hd, orientation: orientation, size: upright)
        #expect(try size(of: text) == [upright.width, upright.height])
        #expect(text.contains("scale=w=1280:h=720"))
        #expect(text.contains("hflip") == (isMirrored || degrees == 180))
    }

    @Test(arguments: ["smpte2084", "arib-std-b67"])
    func highDynamicRangeIsToneMapped(transfer: String) throws {
        var traits = Self.hd
        traits.pixelFormat = "yuv420p10le"
        traits.transfer = transfer
        let text = text(traits, size: (1280, 720))
        #expect(text.contains("tonemap"))
        #expect(try size(of: text) == [1280, 720])
    }

    @Test func wideGamutIsConverted() throws {
        var traits = Self.hd
        traits.primaries = "smpte432"
        let text = text(traits, size: (1920, 1080))
        #expect(text.contains("zscale") && !text.contains("tonemap"))
        #expect(try size(of: text) == [1920, 1080])
    }

    @Test func fullRangeAndDeepPicturesAreReduced() throws {
        let deep = PictureTraits(width: 1920, height: 1080, pixelFormat: "yuv422p10le", isFullRange: true)
        let text = text(deep, size: (1920, 1080))
        #expect(text.contains("in_range=pc:out_range=tv") && text.contains("format=yuv420p"))
        #expect(try size(of: text) == [1920, 1080])
    }

    @Test func fieldsAndExtraFramesGo() throws {
        var traits = Self.hd
        traits.isInterlaced = true
        let text = text(traits, size: (1920, 1080), cap: 60)
        #expect(text.contains("bwdif") && text.contains("fps=fps=60"))
        #expect(try size(of: text) == [1920, 1080])
    }

    @Test func smallerRungGuessesNoOtherColours() {
        #expect(OutputColor(for: Self.hd) == .bt709)
        #expect(OutputColor(for: PictureTraits(width: 640, height: 480, pixelFormat: "yuv420p")) == .bt601)
        #expect(OutputColor(for: PictureTraits(width: 640, height: 480, pixelFormat: "gbrp", isRGB: true)) == .bt709)
        let tagged = PictureTraits(width: 1920, height: 1080, pixelFormat: "yuv420p", matrix: "smpte170m")
        #expect(OutputColor(for: tagged).matrix == "smpte170m")
    }
}
