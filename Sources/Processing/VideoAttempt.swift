import Database
import Domain
import Foundation
import Jobs
import Logging
import MediaTasks
import ObjectStorage

/// One attempt at a job of a video: its folders here and in the store, and the child that works in them.
///
/// What it stores is below a folder of its lease, so that an attempt that was given up can only write where nobody looks.
struct VideoAttempt<Arguments: JobArguments> {
    let workshop: VideoWorkshop
    let job: Job<Arguments>
    let id: VideoID
    /// The folder of the store that it fills: `videos` for what viewers play, `chunks` for what only workers see.
    let area: String

    var prefix: String { "\(area)/\(id)/\(job.lease)" }

    /// Fetches the source, has a child do a task with it, and stores the files that it made.
    func run(
        _ task: TaskRequest.Task,
        _ source: VideoSource,
        window: TaskRequest.Window? = nil,
        parts: [(name: String, prefix: String)] = []
    ) async throws -> TaskEnd {
        guard let pipeline = workshop.pipelines.path(of: source.pipeline) else {
            throw JobFailure(code: "unknown_pipeline", message: "there is no pipeline \(source.pipeline ?? "")")
        }
        return try await workshop.scratch.withFolder("\(job.id)-\(job.lease)") { folder in
            try await workshop.store.fetch(ObjectKey(source.key), to: "\(folder)/source")
            var request = TaskRequest(task: task, source: "\(folder)/source", pipeline: pipeline, window: window)
            request.cores = workshop.cores
            request.output = try makeFolder("\(folder)/output")
            if task.makesCover { request.cover = try await fetchCover(source.cover, to: "\(folder)/cover") }
            request.parts = try await fetch(parts, to: "\(folder)/parts")
            let end = try await workshop.program.run(request) { job.report(progress: $0.fraction) }
            logRelease(after: end)
            try await store(end.storedFiles, from: "\(folder)/output")
            return end
        }
    }

    /// Removes what was stored: this attempt's own folder, which it has certainly not published and nobody else fills.
    func discardFiles() async {
        // What stays here is found by the next attempt's sweep.
        try? await workshop.store.deleteAll(prefix: prefix + "/")
    }

    private func logRelease(after end: TaskEnd) {
        guard case .notStarted(let reason) = end else { return }
        workshop.logger.error(
            "media child cannot work on this machine; job released",
            metadata: [
                "error": "\(reason)", "job.id": "\(job.id)", "job.kind": "\(Arguments.kind)", "video.id": "\(id)",
            ]
        )
    }

    private func makeFolder(_ path: String) throws -> String {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return path
    }

    private func fetchCover(_ wish: CoverWish, to path: String) async throws -> CoverChoice {
        switch wish {
        case .automatic: return .automatic
        case .at(let seconds): return .at(seconds: seconds)
        case .image(let key):
            try await workshop.store.fetch(ObjectKey(key), to: path)
            return .image(path: path)
        }
    }

    /// Brings the pieces of a long video here.
    private func fetch(_ parts: [(name: String, prefix: String)], to folder: String) async throws -> TaskRequest.Parts?
    {
        guard !parts.isEmpty else { return nil }
        var fetched = TaskRequest.Parts(chunks: [], sound: "")
        for part in parts {
            let path = try makeFolder("\(folder)/\(part.name)")
            let store = workshop.store
            try await TransfersAtOnce.run(try await store.list(prefix: part.prefix + "/")) { object in
                let name = object.key.rawValue.dropFirst(part.prefix.count + 1)
                try await store.fetch(object.key, to: "\(path)/\(name)")
            }
            if part.name == VideoParts.sound { fetched.sound = path } else { fetched.chunks.append(path) }
        }
        return fetched
    }

    /// Moves files into the store, playlists last: no list is ever there before what it names.
    private func store(_ paths: [String], from folder: String) async throws {
        let (store, prefix) = (workshop.store, prefix)
        let isPlaylist = { (path: String) in path.hasSuffix(".m3u8") }
        for group in [paths.filter { !isPlaylist($0) }, paths.filter(isPlaylist)] {
            try await TransfersAtOnce.run(group) { path in
                try await store.put(ObjectKey("\(prefix)/\(path)"), movingFile: "\(folder)/\(path)")
            }
        }
    }
}

extension TaskEnd {
    /// The files of a success, below the output folder.
    var storedFiles: [String] {
        switch self {
        case .reported(.transcoded(let package)): package.files.map(\.path)
        case .reported(.encoded(let files)): files
        default: []
        }
    }
}
