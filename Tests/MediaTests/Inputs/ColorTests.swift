import Foundation
import TestSupport
import Testing

@testable import Media

/// Whatever the samples of a source are, 8-bit 4:2:0 in limited range comes out, with the same colours.
@Suite struct ColorTests {
    /// Grey and red above, green and blue below.
    static let patches = """
        -f lavfi -i color=gray:s=160x90:r=10:d=0.6[a];color=red:s=160x90:r=10:d=0.6[b];\
        color=lime:s=160x90:r=10:d=0.6[c];color=blue:s=160x90:r=10:d=0.6[d];\
        [a][b]hstack[t];[c][d]hstack[u];[t][u]vstack,format=gbrp,
        """
    static let bt709 = "-color_primaries bt709 -color_trc bt709 -colorspace bt709"

    /// A way to store the patches, and the matrix of what comes out.
    struct Format: Sendable, CustomStringConvertible {
        var name: String
        /// What follows the patches in the command.
        var command: String
        var matrix: Picture.Matrix

        var description: String { "\(name): \(command)" }
    }

    static let formats = [
        Format(name: "a.mp4", command: "format=yuv420p -c:v libx264 -qp 4", matrix: .bt601),
        Format(
            name: "a.mp4",
            command: "scale=out_color_matrix=bt709,format=yuv420p10le -c:v libx264 -qp 8 \(bt709)",
            matrix: .bt709
        ),
        Format(
            name: "a.mp4",
            command: "scale=out_color_matrix=bt709,format=yuv422p -c:v libx264 -qp 4 \(bt709)",
            matrix: .bt709
        ),
        Format(
            name: "a.mp4",
            command: "scale=out_color_matrix=bt709,format=yuv444p -c:v libx264 -qp 4 \(bt709)",
            matrix: .bt709
        ),
        Format(
            name: "a.mp4",
            command:
                "scale=out_color_matrix=bt709:out_range=pc,format=yuv420p -c:v libx264 -qp 4 -color_range pc \(bt709)",
            matrix: .bt709
        ),
        Format(
            name: "a.mp4",
            command:
                "scale=out_color_matrix=bt709:out_range=pc,format=yuv422p10le -c:v libx264 -qp 8 -color_range pc \(bt709)",
            matrix: .bt709
        ),
        Format(name: "a.avi", command: "scale=out_range=pc,format=yuvj422p -c:v mjpeg -q:v 1", matrix: .bt601),
        Format(name: "a.mov", command: "format=yuv422p10le -c:v prores_ks", matrix: .bt601),
        Format(name: "a.mp4", command: "format=gbrp -c:v libx264rgb -qp 4", matrix: .bt709),
        Format(name: "a.mov", command: "format=rgb24 -c:v png", matrix: .bt709),
        Format(name: "a.mov", command: "format=rgb24 -c:v qtrle", matrix: .bt709),
        Format(
            name: "a.mkv",
            command: "zscale=m=ycgco:r=pc,format=yuv444p -c:v libx264 -qp 4 -colorspace ycgco -color_range pc",
            matrix: .bt709
        ),
    ]

    @Test(arguments: formats)
    func coloursSurvive(format: Format) throws {
        let processed = try Clip(format.name, Self.patches + format.command).process(.inputs(shortSide: 180))
        let picture = try processed.picture()
        let matrix = format.matrix
        let expected: [(Double, Double, Picture.Color)] = [
            (0.25, 0.25, .init(0.5, 0.5, 0.5, matrix)), (0.75, 0.25, .init(1, 0, 0, matrix)),
            (0.25, 0.75, .init(0, 1, 0, matrix)), (0.75, 0.75, .init(0, 0, 1, matrix)),
        ]
        for (x, y, color) in expected {
            #expect(picture.color(x, y).isNear(color, within: 4), "\(picture.color(x, y)) is not \(color)")
        }
        let stream = try processed.streams("stream=pix_fmt,color_range,color_space")
        #expect(stream.contains("pix_fmt=yuv420p\n") && stream.contains("color_range=tv"))
        // BT.470 BG and SMPTE 170M have one matrix.
        let names = matrix == .bt709 ? ["bt709"] : ["smpte170m", "bt470bg"]
        #expect(names.contains { stream.contains("color_space=\($0)\n") })
    }

    /// BT.709's red in primaries that reach further, as 10-bit luma and colour differences, and how that is said.
    @Test(arguments: [
        ("458:cb=384:cr=739", "bt2020:transfer=bt2020-10:colormatrix=bt2020nc"),
        ("399:cb=416:cr=819", "smpte432:transfer=bt709:colormatrix=bt709"),
    ])
    func widerGamutIsMapped(samples: String, tags: String) throws {
        let clip = try Clip(
            "clip.mp4",
            "-f lavfi -i color=gray:s=320x180:r=10:d=0.6,format=yuv420p10le,geq=lum=\(samples) -c:v libx265 "
                + "-preset ultrafast -x265-params log-level=none:crf=4:colorprim=\(tags) -tag:v hvc1"
        )
        let processed = try clip.process()
        let color = try processed.picture().color(0.5, 0.5)
        #expect(color.isNear(.init(1, 0, 0), within: 6), "\(color)")
        #expect(try processed.streams("stream=color_primaries").contains("color_primaries=bt709"))
    }

    private static let untagged = Result {
        try Clip(
            "clip.mp4",
            "-f lavfi -i testsrc2=s=160x120:r=10:d=0.6 -c:v libx264 -preset ultrafast -pix_fmt yuv420p"
        )
    }

    /// Numbers of H.273, also those that mean nothing and pairs that contradict each other.
    @Test(
        arguments: [
            "0:0:0", "3:3:3", "22:18:14", "255:255:255", "8:1:1", "10:17:5", "1:12:4", "4:4:7", "9:3:9", "9:12:9",
            "9:17:9", "12:9:10", "9:14:11", "9:14:3", "9:14:14", "9:14:10", "9:16:3", "9:16:10", "9:16:11", "9:16:14",
            "3:18:9", "2:16:2", "2:18:1", "1:16:0", "5:1:12", "9:1:13",
        ]
    )
    func whateverTheTagsSayIsEncoded(tags: String) throws {
        let clip = try Self.untagged.get()
        let values = tags.split(separator: ":")
        let processed = try Clip(
            "clip.mp4",
            "-i \(clip.url.path) -c copy -bsf:v h264_metadata=colour_primaries=\(values[0]):"
                + "transfer_characteristics=\(values[1]):matrix_coefficients=\(values[2])"
        ).process(.inputs(shortSide: 120))
        let stream = try processed.streams("stream=color_transfer,color_primaries")
        #expect(!stream.contains("2084") && !stream.contains("b67") && !stream.contains("2020"))
    }

    /// White at full opacity, red at full and at half opacity, and nothing.
    @Test(arguments: [
        ("clip.webm", "yuva420p -c:v libvpx-vp9 -crf 4 -b:v 0 -cpu-used 8", Picture.Matrix.bt601),
        ("clip.webm", "yuva420p -c:v libvpx -crf 4 -b:v 4M -auto-alt-ref 0", .bt601),
        ("clip.mov", "yuva444p10le -c:v prores_ks -profile:v 4444", .bt601),
        ("clip.mov", "argb -c:v qtrle", .bt709), ("clip.mov", "rgba -c:v png", .bt709),
    ])
    func transparencyIsFlattenedOnBlack(name: String, codec: String, matrix: Picture.Matrix) throws {
        let clip = try Clip(
            name,
            "-f lavfi -i color=white:s=320x180:r=10:d=0.6,format=rgba,geq=r=255:g='255*lt(X,W/2)':b='255*lt(X,W/2)':"
                + "a='if(lt(Y,H/2),255,if(lt(X,W/2),0,128))',format=\(codec)"
        )
        let picture = try clip.process().picture()
        let expected: [(Double, Double, Picture.Color)] = [
            (0.25, 0.25, .init(1, 1, 1, matrix)), (0.75, 0.25, .init(1, 0, 0, matrix)),
            (0.25, 0.75, .init(0, 0, 0, matrix)), (0.75, 0.75, .init(0.5, 0, 0, matrix)),
        ]
        for (x, y, color) in expected {
            #expect(picture.color(x, y).isNear(color, within: 5), "\(picture.color(x, y)) is not \(color)")
        }
    }
}
