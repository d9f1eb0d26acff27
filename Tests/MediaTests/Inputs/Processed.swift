import Domain
import Foundation

@testable import Media

/// A package, looked at with `ffmpeg` as a player would.
struct Processed {
    // Its folder holds the output.
    let clip: Clip
    let output: URL
    let result: VideoProcessor.Result

    var package: MediaPackage { result.package }
    var size: [Int] { [package.width, package.height] }
    var playback: String { output.appending(path: PackageLayout.playback).path }

    /// The picture that is shown at a time.
    func picture(at seconds: Double = 0) throws -> Picture {
        let bytes = try Command.ffmpeg("-ss \(seconds) -i \(playback) -frames:v 1 -f rawvideo -", in: output)
        return try Picture(width: package.width, height: package.height, bytes: Array(bytes))
    }

    /// An image of the package's size, as samples of BT.601 in limited range.
    func cover(_ name: String = PackageLayout.cover) throws -> Picture {
        let path = output.appending(path: name).path
        let bytes = try Command.ffmpeg("-i \(path) -vf scale=out_range=tv,format=yuv420p -f rawvideo -", in: output)
        return try Picture(width: package.width, height: package.height, bytes: Array(bytes))
    }

    /// What `ffprobe` says about `play.mp4`, as `key=value` lines.
    func streams(_ entries: String = "stream") throws -> String {
        try Command.ffprobe("-show_entries \(entries) -of default=nw=1 \(playback)", in: output)
    }

    /// How long `play.mp4` says that it is, in seconds.
    var seconds: Double {
        get throws {
            let text = try Command.ffprobe("-show_entries format=duration -of csv=p=0 \(playback)", in: output)
            return Double(text.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0
        }
    }

    /// The times at which pictures are shown.
    func pictureTimes() throws -> [Double] {
        let text = try Command.ffprobe(
            "-select_streams v -show_entries packet=pts_time -of csv=p=0 \(playback)",
            in: output
        )
        // A trailing comma follows packets with side data.
        return text.split(whereSeparator: { $0.isNewline || $0 == "," }).compactMap { Double($0) }.sorted()
    }
}
