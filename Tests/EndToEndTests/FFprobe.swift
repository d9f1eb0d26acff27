import Foundation
import Testing

/// What FFmpeg's own tools say about a file or an address.
enum FFprobe {
    struct Report: Decodable {
        struct Stream: Decodable {
            var codec_type: String, codec_name: String, width: Int?, height: Int?, channels: Int?
        }
        struct Format: Decodable { var duration: String }
        var streams: [Stream]
        var format: Format
        var video: Stream? { streams.first { $0.codec_type == "video" } }
        var audio: Stream? { streams.first { $0.codec_type == "audio" } }
        var seconds: Double { Double(format.duration) ?? 0 }
    }

    static func probe(_ address: String) throws -> Report {
        let command = try Command(
            ["ffprobe", "-v", "error", "-show_streams", "-show_format", "-of", "json", address]
        )
        try #require(command.status == 0, "ffprobe \(address): \(command.standardError)")
        try #require(command.standardError.isEmpty, "ffprobe \(address): \(command.standardError)")
        return try JSONDecoder().decode(Report.self, from: Data(command.standardOutput.utf8))
    }
}
