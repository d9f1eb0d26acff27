import Domain
import Testing

@Suite struct VideoStreamTests {
    func stream(_ width: Int, _ height: Int, aspect: Double = 1, rotation: Int = 0) -> VideoStream {
        VideoStream(
            index: 0,
            codec: "h264",
            width: width,
            height: height,
            pixelFormat: "yuv420p",
            sampleAspectRatio: aspect,
            rotationDegrees: rotation,
            frameRate: 30
        )
    }

    @Test func rotationSwapsTheSides() {
        let portrait = stream(1920, 1080, rotation: 90)
        #expect([portrait.displayWidth, portrait.displayHeight, portrait.shortSide] == [1080, 1920, 1080])
    }

    @Test func aspectRatioStretchesTheCodedWidth() {
        let anamorphic = stream(1280, 1080, aspect: 1.5)
        #expect([anamorphic.displayWidth, anamorphic.displayHeight] == [1920, 1080])
    }

    @Test(arguments: [1e300, -1e300, .infinity, .nan]) func impossibleShapesOfPixelsHaveASize(aspect: Double) {
        let odd = stream(.max, 1080, aspect: aspect)
        #expect((1...(1 << 30)).contains(odd.displayWidth))
    }
}
