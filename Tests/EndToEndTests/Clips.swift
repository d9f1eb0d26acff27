import Foundation
import Testing

/// Clips made for these tests, once.
enum Clips {
    private static let folder = Result { try TemporaryFolder() }

    /// A second of pictures and sound, quick to process.
    static func short() throws -> String {
        try make("short.mp4", seconds: 1, size: "320x240", options: [])
    }

    /// Long enough at 1080p that something can happen while it is transcoded.
    static func long() throws -> String {
        try make("long.mp4", seconds: 12, size: "1920x1080", options: [])
    }

    private static func make(_ name: String, seconds: Int, size: String, options: [String]) throws -> String {
        let path = try folder.get().path + "/" + name
        guard !FileManager.default.fileExists(atPath: path) else { return path }
        let command = try Command(
            ["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", "testsrc2=size=\(size):rate=30:duration=\(seconds)"]
                + [
                    "-f", "lavfi", "-i", "sine=frequency=440:duration=\(seconds)", "-c:v", "libx264", "-preset",
                    "ultrafast",
                ]
                + ["-pix_fmt", "yuv420p", "-c:a", "aac", "-shortest"] + options + [path]
        )
        try #require(command.status == 0, "ffmpeg: \(command.standardError)")
        return path
    }
}
