import Domain
import Foundation
import MediaTasks

@testable import Media

/// What creators' files, pipelines and children hold.
extension Subject {
    static let media = [
        Subject("media-playlist") { bytes in _ = try MediaPlaylist(parsing: bytes.text) },
        Subject("multivariant-playlist") { bytes in _ = try MultivariantPlaylist(parsing: bytes.text) },
        Subject("storyboard-map") { bytes in _ = StoryboardMap(parsing: bytes.text) },
        Subject("pipeline") { bytes in _ = try PipelineDefinition(yaml: bytes.text, path: "pipeline.yaml") },
        Subject("mp4") { bytes in try parseBoxes(bytes) },
        Subject("mp4-outline") { bytes in try withFile(bytes) { _ = try MovieOutline(path: $0.path) } },
        Subject("mp4-file") { bytes in try withFile(bytes) { _ = try MP4File($0).movie() } },
        Subject("avc") { bytes in
            _ = CodecsAttribute.avc1(bytes)
            let configuration = AVCConfiguration(Array(bytes.prefix(48)))
            _ = configuration?.canStart(at: Array(bytes.dropFirst(48)))
            _ = try H264Parameters.parse(bytes)
        },
        Subject("hevc") { bytes in
            _ = CodecsAttribute.hvc1(bytes)
            _ = try HEVCParameters.parse(bytes)
        },
        Subject("av1") { bytes in
            _ = CodecsAttribute.av01(bytes)
            _ = try AV1Parameters.parse(SampleEntry(format: "av01", configuration: bytes))
        },
        Subject("aac") { bytes in
            _ = CodecsAttribute.mp4a(bytes)
            _ = try AudioParameters(bytes)
        },
        Subject("access-unit") { bytes in
            let formats = ["avc1", "hvc1", "av01"]
            let entry = SampleEntry(
                format: formats[Int(bytes.first ?? 0) % formats.count],
                configuration: Array(bytes.dropFirst().prefix(64))
            )
            _ = try? VideoParameters(entry)
            _ = try CodedPicture.startsDecoding(Array(bytes.dropFirst(65)), entry: entry)
        },
        Subject("picture-file") { bytes in _ = PictureFile(bytes) },
        Subject("task-message") { bytes in _ = try TaskLine.decode(TaskMessage.self, from: bytes) },
        Subject("task-request") { bytes in _ = try TaskLine.decode(TaskRequest.self, from: bytes) },
    ]

    private static func parseBoxes(_ bytes: [UInt8]) throws {
        for box in try MP4Box.row(in: bytes[...]) {
            switch box.type {
            case "moov": use(try Movie(box))
            case "moof": _ = try MovieFragment(box, defaults: [1: MovieFragment.Defaults()])
            case "stbl": _ = try SampleTable(box).offsets()
            case "stsd": _ = CodecsAttribute.of(try SampleEntry(box))
            default: break
            }
        }
    }

    private static func use(_ movie: Movie) {
        _ = CodecsAttribute.of(movie)
        for track in movie.tracks { _ = track.seconds(Int.max) }
    }

    /// In memory where the system has such a folder.
    private static let file = URL(
        filePath: (FileManager.default.fileExists(atPath: "/dev/shm") ? "/dev/shm" : "/tmp") + "/clipyard-fuzz-\(getpid())"
    )

    private static func withFile(_ bytes: [UInt8], _ body: (URL) throws -> Void) throws {
        try Data(bytes).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        try body(file)
    }
}
