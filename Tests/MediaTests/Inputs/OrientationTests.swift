import FFmpeg
import Foundation
import TestSupport
import Testing

@testable import Media

/// A picture comes out as players show its source: turned once, with square pixels, without a display matrix left.
@Suite struct OrientationTests {
    /// The colours of the corners, as coded: red and green above, blue and white below.
    static let corners = """
        -f lavfi -i color=red:s=160x90:r=25:d=0.6[a];color=lime:s=160x90:r=25:d=0.6[b];\
        color=blue:s=160x90:r=25:d=0.6[c];color=white:s=160x90:r=25:d=0.6[d];\
        [a][b]hstack[t];[c][d]hstack[u];[t][u]vstack -c:v libx264 -preset ultrafast -pix_fmt yuv420p
        """

    /// The corners' colours by their first letters: above left, above right, below left, below right.
    func corners(of picture: Picture) -> String {
        let palette: [(Character, Picture.Color)] = [
            ("r", .init(1, 0, 0, .bt601)), ("g", .init(0, 1, 0, .bt601)), ("b", .init(0, 0, 1, .bt601)),
            ("w", .init(1, 1, 1, .bt601)),
        ]
        let places = [(0.15, 0.15), (0.85, 0.15), (0.15, 0.85), (0.85, 0.85)]
        return String(
            places.map { place in
                let color = picture.color(place.0, place.1)
                return palette.first { $0.1.isNear(color, within: 20) }?.0 ?? "?"
            }
        )
    }

    /// The matrix (a, b, c, d) of `tkhd`, and the corners as shown.
    @Test(arguments: [
        ([1, 0, 0, 1], "rgbw"), ([0, 1, -1, 0], "brwg"), ([-1, 0, 0, -1], "wbgr"), ([0, -1, 1, 0], "gwrb"),
        ([-1, 0, 0, 1], "grwb"), ([0, -1, -1, 0], "wgbr"), ([1, 0, 0, -1], "bwrg"), ([0, 1, 1, 0], "rbgw"),
    ])
    func everyDisplayMatrixIsAppliedOnce(matrix: [Int32], shown: String) throws {
        let upright = try Clip("clip.mov", Self.corners)
        let isUpright = matrix == [1, 0, 0, 1]
        let clip = isUpright ? upright : try upright.patched { $0 = DisplayMatrix.write(matrix, into: $0) }
        let processed = try clip.process()
        #expect(try corners(of: processed.picture()) == shown)
        let isSideways = matrix[0] == 0
        #expect(processed.size == (isSideways ? [180, 320] : [320, 180]))
        #expect(try corners(of: processed.cover()) == shown)
        // The cover alone is found by seeking.
        let cover = processed.output.appending(path: "sought.jpg")
        _ = try PictureMaker(pipeline: .inputs()).makeCover(of: clip.url.path, file: cover)
        #expect(try corners(of: processed.cover("sought.jpg")) == shown)
        let streams = try processed.streams("stream_side_data:stream_tags")
        #expect(!streams.contains("rotat") && !streams.contains("displaymatrix"))
    }

    @Test func matrixAndRotateTagCountOnce() throws {
        let clip = try Clip(
            "clip.mkv",
            "\(Self.corners) upright.mp4",
            "-i upright.mp4 -c copy -metadata:s:v rotate=90 turned.mp4",
            "-i turned.mp4 -c copy -metadata:s:v rotate=90"
        )
        let turned = clip.folder.url.appending(path: "turned.mp4")
        let processed = try Clip("clip.mp4", bytes: Data(contentsOf: turned)).process()
        #expect(processed.size == [180, 320])
        // Matroska has no matrix, and players leave the tag alone.
        #expect(try corners(of: clip.process().picture()) == "rgbw")
    }

    @Test func samplesBecomeSquare() throws {
        let clip = try Clip("clip.mp4", "\(Self.corners) -vf setsar=2/1")
        let processed = try clip.process()
        #expect(processed.size == [640, 180])
        #expect(try corners(of: processed.picture()) == "rgbw")
        #expect(try processed.streams("stream=sample_aspect_ratio").contains("1:1"))
    }

    @Test func turnedSamplesBecomeSquareToo() throws {
        let clip = try Clip("clip.mov", "\(Self.corners) -vf setsar=2/1").patched {
            $0 = DisplayMatrix.write([0, 1, -1, 0], into: $0)
        }
        let processed = try clip.process()
        #expect(processed.size == [180, 640])
        #expect(try corners(of: processed.picture()) == "brwg")
    }
}
