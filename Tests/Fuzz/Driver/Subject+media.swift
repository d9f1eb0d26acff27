import Domain
import Foundation
import MediaTasks

@testable import Media

/// What creators' files, pipelines and children hold.
extension Subject {
    static let media = [
        Subject("media-playlist") { bytes in measure(try MediaPlaylist(parsing: bytes.text)) },
        Subject("multivariant-playlist") { bytes in compare(try MultivariantPlaylist(parsing: bytes.text)) },
        Subject("storyboard-map") { bytes in
            _ = StoryboardMap(parsing: bytes.text)?.cues.map { ($0.x + $0.width, $0.y + $0.height) }
        },
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
            if let parameters = try? VideoParameters(entry) { judge(parameters, entry) }
            _ = try CodedPicture.startsDecoding(Array(bytes.dropFirst(65)), entry: entry)
        },
        Subject("chunk-manifest") { bytes in
            let manifest = try JSONDecoder().decode(ChunkManifest.self, from: Data(bytes))
            if manifest.isPlausible { join(manifest) }
        },
        Subject("picture-file") { bytes in _ = PictureFile(bytes) },
        Subject("task-message") { bytes in _ = try TaskLine.decode(TaskMessage.self, from: bytes) },
        Subject("task-request") { bytes in _ = try TaskLine.decode(TaskRequest.self, from: bytes) },
    ]

    private static func parseBoxes(_ bytes: [UInt8]) throws {
        for box in try MP4Box.row(in: bytes[...]) {
            switch box.type {
            case "moov": use(try Movie(box))
            case "moof": use(try MovieFragment(box, defaults: [1: MovieFragment.Defaults()]))
            case "stbl": _ = try SampleTable(box).offsets()
            case "stsd": _ = CodecsAttribute.of(try SampleEntry(box))
            default: break
            }
        }
    }

    private static func use(_ movie: Movie) {
        _ = CodecsAttribute.of(movie)
        for track in movie.tracks { _ = (track.seconds(Int.max), TrackTiming(track).samplesPerSecond) }
    }

    private static func use(_ fragment: MovieFragment) {
        for track in fragment.tracks { _ = track.decodeTime + track.duration }
    }

    private static func measure(_ playlist: MediaPlaylist) {
        let samples = playlist.segments.map {
            Bandwidth.Sample(sizeBytes: $0.byteRange?.length ?? 1, durationSeconds: $0.durationSeconds)
        }
        _ = Bandwidth.peak(samples, targetDuration: playlist.targetDuration)
        _ = MediaPlaylist(mapURI: "init.mp4", segments: playlist.segments).text
    }

    private static func compare(_ playlist: MultivariantPlaylist) {
        var findings = Findings()
        for variant in playlist.variants { VariantRules.checkBandwidth(variant, peak: .max, average: 1, &findings) }
        LadderRules.checkChoice(playlist.variants, "master.m3u8", &findings)
    }

    private static func judge(_ parameters: VideoParameters, _ entry: SampleEntry) {
        var findings = Findings()
        PictureRules.check(parameters, entry, "init.mp4", &findings)
        PictureRules.checkLevel(parameters, framesPerSecond: 60, bitsPerSecond: .max, "init.mp4", &findings)
    }

    private static func join(_ manifest: ChunkManifest) {
        guard !manifest.times.isEmpty else { return }
        let times = DecodeTimes(shown: manifest.times, reorderDelay: manifest.rungs.map(\.reorderDelay).max() ?? 0)
        _ = manifest.times.indices.map { times[$0] }
    }

    /// In memory where the system has such a folder.
    private static let file = URL(
        filePath: (FileManager.default.fileExists(atPath: "/dev/shm") ? "/dev/shm" : "/tmp")
            + "/clipyard-fuzz-\(getpid())"
    )

    private static func withFile(_ bytes: [UInt8], _ body: (URL) throws -> Void) throws {
        try Data(bytes).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        try body(file)
    }
}
