import FFmpeg
import Foundation

/// The encoded windows of one video, in their order, complete and side by side.
struct ChunkSet {
    let folders: [URL]
    let manifests: [ChunkManifest]
    /// The unit of `times`.
    let timeBase: Rational
    /// When the pictures of the whole video are shown, growing.
    let times: [Int64]
    let endSeconds: Double

    /// Throws if a chunk is missing, is another's, or does not fit its neighbours.
    init(folders: [URL]) throws {
        let manifests = try folders.map {
            try ManifestFile.read(ChunkManifest.self, from: $0.appending(path: ChunkLayout.manifest))
        }
        guard manifests.allSatisfy(\.isPlausible) else {
            throw MediaError(.sourceUnreadable, "A chunk says impossible numbers; encode the video again.")
        }
        // Where a window ends the next one starts, from 0 on; only the last has no end.
        let windows = manifests.map(\.window)
        guard [0] + windows.map(\.endSeconds) == windows.map(\.startSeconds) + [nil] else {
            throw MediaError(.sourceUnreadable, "A chunk is missing, or not in its place; encode the video again.")
        }
        let filled = manifests.filter { !$0.times.isEmpty }
        guard let first = filled.first, let end = manifests.last?.endSeconds else { throw SourceFailure.damaged }
        let times = manifests.flatMap(\.times)
        guard filled.allSatisfy({ $0.timeBase == first.timeBase }), zip(times, times.dropFirst()).allSatisfy(<) else {
            throw MediaError(.sourceUnreadable, "The times of the chunks do not fit; encode the video again.")
        }
        (self.folders, self.manifests, self.times) = (folders, manifests, times)
        (timeBase, endSeconds) = (first.timeBase, end)
        try refuseDamaged()
    }

    /// What one encode of the whole would refuse.
    private func refuseDamaged() throws {
        let decoded = manifests.reduce(0) { $0 + $1.decodedFrames }
        let broken = manifests.reduce(0) { $0 + $1.brokenPictures }
        if SourceReader.isTooMuchBroken(broken, of: decoded) { throw SourceFailure.damaged }
    }
}
