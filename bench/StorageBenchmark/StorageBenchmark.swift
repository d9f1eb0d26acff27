import Foundation
import NIOCore
import ObjectStorage

/// Puts a file into the bucket of the environment (`CLIPYARD_STORAGE…`) and prints the seconds it took and the peak of its memory.
///
///     storage-benchmark move|stream FILE KEY
///
/// `move` is how workers store outputs: a file that is all there. `stream` is how uploads arrive: bytes of unknown length.
@main struct StorageBenchmark {
    static func main() async {
        let words = CommandLine.arguments
        guard words.count == 4, ["move", "stream"].contains(words[1]) else {
            print("usage: storage-benchmark move|stream FILE KEY")
            exit(64)
        }
        do { try await run(words) } catch {
            FileHandle.standardError.write(Data("storage-benchmark: \(error)\n".utf8))
            exit(1)
        }
    }

    private static func run(_ words: [String]) async throws {
        let store = try open(ProcessInfo.processInfo.environment)
        let start = ContinuousClock.now
        if words[1] == "move" {
            try await store.put(ObjectKey(words[3]), movingFile: words[2])
        } else {
            try await stream(words[2], to: store, ObjectKey(words[3]))
        }
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let peak = status.firstMatch(of: /VmHWM:\s+(\d+)/).map { Int($0.1) ?? 0 } ?? 0
        print("\(seconds) \(peak / 1024)")
    }

    private static func open(_ environment: [String: String]) throws -> any ObjectStore {
        var options = ObjectStores.Options()
        options.endpoint = environment["CLIPYARD_STORAGE_ENDPOINT"]
        options.isPathStyle = environment["CLIPYARD_STORAGE_PATH_STYLE"] == "yes"
        options.credentials = StorageCredentials(
            accessKey: environment["CLIPYARD_STORAGE_ACCESS_KEY"] ?? "",
            secretKey: environment["CLIPYARD_STORAGE_SECRET_KEY"] ?? ""
        )
        options.configuration.scratch = environment["CLIPYARD_SCRATCH"] ?? "."
        return try ObjectStores.open(environment["CLIPYARD_STORAGE"] ?? "", options)
    }

    private static func stream(_ path: String, to store: any ObjectStore, _ key: ObjectKey) async throws {
        let sink = store.uploadSink(spoolFolder: ProcessInfo.processInfo.environment["CLIPYARD_SCRATCH"] ?? ".")
        let file = try FileHandle(forReadingFrom: URL(filePath: path))
        let maxBytes: Int64 = 4 << 30
        var place = UploadPlace(
            id: "benchmark",
            key: key,
            maxBytes: maxBytes,
            takeovers: 0,
            offset: 0,
            state: nil,
            comesAtOnce: true
        )
        let writer = try await sink.resume(place, hash: UploadHash())
        while let piece = try file.read(upToCount: 256 * 1024), !piece.isEmpty {
            try await writer.write(ByteBuffer(bytes: piece))
        }
        let mark = try await writer.flush(isLast: true)
        await writer.close()
        (place.offset, place.state) = (mark.offset, mark.state)
        try await sink.finish(place)
    }
}
