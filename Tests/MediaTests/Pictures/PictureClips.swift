import Foundation

/// Clips and images that tests make with the ffmpeg command.
enum PictureClips {
    /// Runs ffmpeg, which must succeed.
    static func ffmpeg(_ arguments: String...) throws { try ffmpeg(arguments) }

    static func ffmpeg(_ arguments: [String]) throws {
        try Command.run("ffmpeg", ["-v", "error", "-y", "-nostdin"] + arguments)
    }

    /// Six seconds of 320 × 180: black, blurred, sharp and colourful, grey, flat and white, one second each, every
    /// second a keyframe.
    static func makeScenes(at url: URL) throws {
        let scenes = [
            "color=black:s=320x180:r=10:d=1",
            "testsrc2=s=320x180:r=10:d=1,gblur=sigma=24",
            "testsrc2=s=320x180:r=10:d=1",
            "testsrc2=s=320x180:r=10:d=1,hue=s=0,eq=contrast=0.4",
            "color=0x406080:s=320x180:r=10:d=1",
            "color=white:s=320x180:r=10:d=1",
        ]
        let inputs = scenes.enumerated().map { "\($1),format=yuv420p[v\($0)]" }.joined(separator: ";")
        let names = scenes.indices.map { "[v\($0)]" }.joined()
        try ffmpeg(
            "-filter_complex",
            "\(inputs);\(names)concat=n=\(scenes.count)[v]",
            "-map",
            "[v]",
            "-g",
            "10",
            "-preset",
            "ultrafast",
            url.path
        )
    }
}
