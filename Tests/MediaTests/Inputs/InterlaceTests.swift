import Foundation
import TestSupport
import Testing

@testable import Media

/// Pictures of two fields come out without combs.
@Suite struct InterlaceTests {
    /// A white bar that moves so fast that the fields of one picture show it in different places.
    static let fields = """
        -f lavfi -i color=black:s=320x240:r=50:d=1,format=yuv420p,\
        geq=lum='16+219*between(mod(X-T*600,320),0,40)':cb=128:cr=128,interlace=lowpass=off
        """

    /// How many places differ from both lines around, which are alike.
    func combs(in picture: Picture) -> Int {
        var count = 0
        for row in stride(from: 20, to: picture.height - 20, by: 1) {
            for column in 0..<picture.width {
                let (above, here, below) = (
                    picture.luma(column: column, row: row - 1), picture.luma(column: column, row: row),
                    picture.luma(column: column, row: row + 1)
                )
                if abs(above - below) < 20, abs(here - above) > 100 { count += 1 }
            }
        }
        return count
    }

    @Test(arguments: [
        ("clip.mp4", "-c:v libx264 -preset ultrafast -flags +ildct+ilme -x264-params tff=1"),
        ("clip.ts", "-c:v mpeg2video -q:v 2 -flags +ildct+ilme -top 1"),
    ])
    func combsAreGone(name: String, codec: String) throws {
        let clip = try Clip(name, "\(Self.fields) \(codec)")
        let raw = try Command.ffmpeg(
            "-i \(clip.url.path) -vf select=eq(n\\,10) -frames:v 1 -f rawvideo -",
            in: clip.folder.url
        )
        let combed = try Picture(width: 320, height: 240, bytes: Array(raw))
        #expect(combs(in: combed) > 1000)
        let processed = try clip.process()
        #expect(try combs(in: processed.picture(at: 0.4)) < 100)
        #expect(try (24...26).contains(processed.pictureTimes().count))
    }
}
