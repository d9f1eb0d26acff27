import Foundation

/// Small clips with particular sound, and what the `ffmpeg` command measures of them.
enum SoundClips {
    /// Runs `ffmpeg` and returns what it says about the sound.
    @discardableResult
    static func ffmpeg(_ arguments: [String]) throws -> String {
        try Command.run("ffmpeg", ["-nostdin", "-y", "-hide_banner"] + arguments).errors
    }

    /// Makes a clip of tiny pictures and of sound that lavfi's `source` describes.
    static func make(
        _ url: URL,
        sound source: String,
        seconds: Double,
        codec: [String] = ["-c:a", "aac", "-b:a", "128k"],
        other: [String] = []
    ) throws {
        try ffmpeg(
            [
                "-f", "lavfi", "-i", "testsrc2=s=128x96:r=10", "-f", "lavfi", "-i", source, "-t", "\(seconds)",
                "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p",
            ] + codec + other + [url.path]
        )
    }

    /// What `ffmpeg -af ebur128` finds: loudness in LUFS, the true peak in dBTP.
    static func loudness(of url: URL) throws -> (integrated: Double, truePeak: Double) {
        let text = try ffmpeg(
            ["-i", url.path, "-map", "0:a", "-af", "ebur128=peak=true:framelog=verbose", "-f", "null", "-"]
        )
        return (number(after: "I:", in: text), number(after: "Peak:", in: text))
    }

    /// The amplitude in each tenth of a millisecond, both channels, as a decoder that heeds edit lists plays them.
    static func samples(of url: URL, in folder: URL) throws -> (left: [Float], right: [Float]) {
        let raw = folder.appending(path: "samples-\(UUID()).f32")
        try ffmpeg(["-i", url.path, "-map", "0:a", "-ar", "48000", "-ac", "2", "-f", "f32le", raw.path])
        let data = try Data(contentsOf: raw)
        let values = stride(from: 0, to: data.count - 3, by: 4).map { offset in
            Float(
                bitPattern: (0..<4).reduce(UInt32(0)) { $0 | UInt32(data[data.startIndex + offset + $1]) << (8 * $1) }
            )
        }
        return (
            stride(from: 0, to: values.count, by: 2).map { values[$0] },
            stride(from: 1, to: values.count, by: 2).map { values[$0] }
        )
    }

    /// The bytes of every packet of the sound, as checksums in their order.
    static func packets(of url: URL, in folder: URL) throws -> [String] {
        let list = folder.appending(path: "packets-\(UUID())")
        try ffmpeg(["-i", url.path, "-map", "0:a", "-c", "copy", "-f", "framemd5", list.path])
        return try String(contentsOf: list, encoding: .utf8).split(separator: "\n").filter { !$0.hasPrefix("#") }
            // Stream, two times, duration, size, checksum, and what goes beside the packet.
            .map { $0.split(separator: ",")[5].trimmingCharacters(in: .whitespaces) }
    }

    private static func number(after label: String, in text: String) -> Double {
        // The summary comes last.
        guard let range = text.range(of: label, options: .backwards) else { return .nan }
        return Double(text[range.upperBound...].split(separator: " ").first ?? "") ?? .nan
    }
}
