import Domain
import Foundation

/// Reopens one HLS rendition and compares it with what its playlists say.
struct RenditionVerifier {
    /// What a rendition turned out to be.
    struct Verified {
        var rendition: Rendition
        var contents: ContainerContents
        /// How long the segments last together, by their playlist.
        var durationSeconds: Double
        /// Paths below the package's folder.
        var files: [String]
    }

    let folder: URL
    let variant: MultivariantPlaylist.Variant

    func verify() throws -> Verified {
        let name = String(variant.uri.prefix { $0 != "/" })
        let path = "\(PackageLayout.renditionFolder(name))/\(PackageLayout.playlistName)"
        try require(variant.uri == "\(name)/\(PackageLayout.playlistName)", "is not where it should be")
        let text = try? String(contentsOf: folder.appending(path: path), encoding: .utf8)
        guard let playlist = text.flatMap({ try? MediaPlaylist(parsing: $0) }) else {
            throw MediaError(.verificationFailed, "\(path) is missing or incomplete.")
        }
        let files = ([playlist.mapURI ?? "", PackageLayout.iFramePlaylistName] + playlist.segments.map(\.uri)).map {
            "\(PackageLayout.renditionFolder(name))/\($0)"
        }
        // libav skips a segment that it cannot open, so missing ones must be found here.
        for file in files { try require(size(of: file) > 0, "misses \(file)") }
        let contents = try ContainerContents(path: folder.appending(path: path).path, formats: ["hls", "mov"])
        try compare(contents, with: playlist)
        try checkBandwidth(playlist, Array(files.dropFirst(2)))
        return Verified(
            rendition: rendition(name),
            contents: contents,
            durationSeconds: playlist.durationSeconds,
            files: [path] + files
        )
    }

    private func compare(_ contents: ContainerContents, with playlist: MediaPlaylist) throws {
        let name = String(variant.uri.prefix { $0 != "/" })
        try require(
            contents.width == variant.width && contents.height == variant.height,
            "is \(contents.width) × \(contents.height) and its playlist says otherwise"
        )
        let bytes = try Data(contentsOf: folder.appending(path: "hls/\(name)/\(PackageLayout.initializationName)"))
        let attribute = try CodecsAttribute.of(Movie(initialization: Array(bytes))) ?? ""
        try require(attribute == variant.codecs, "is \(attribute) and its playlist says \(variant.codecs)")
        try require(contents.soundOffset < 0.045, "has its sound \(contents.soundOffset) s late")
        var start = 0.0
        for segment in playlist.segments {
            // Half a frame at 250 frames per second.
            let hasKeyframe = contents.keyframeTimes.contains { abs($0 - start) < 0.002 }
            try require(hasKeyframe, "has no keyframe at the start of \(segment.uri)")
            start += segment.durationSeconds
        }
    }

    private func checkBandwidth(_ playlist: MediaPlaylist, _ files: [String]) throws {
        let samples = zip(playlist.segments, files).map { segment, file in
            Bandwidth.Sample(sizeBytes: size(of: file), durationSeconds: segment.durationSeconds)
        }
        // The playlist rounds durations to microseconds.
        let average = Bandwidth.average(samples)
        let isRight = abs(average - variant.averageBandwidth) <= max(10, average / 1000)
        try require(isRight, "has an average of \(average) bit/s and its playlist says \(variant.averageBandwidth)")
        try require(variant.bandwidth >= variant.averageBandwidth, "has a peak below its average")
    }

    private func rendition(_ name: String) -> Rendition {
        Rendition(
            name: name,
            width: variant.width,
            height: variant.height,
            bandwidth: variant.bandwidth,
            averageBandwidth: variant.averageBandwidth,
            codecs: variant.codecs
        )
    }

    private func size(of path: String) -> Int {
        let attributes = try? FileManager.default.attributesOfItem(atPath: folder.appending(path: path).path)
        return (attributes?[.size] as? NSNumber)?.intValue ?? 0
    }

    private func require(_ condition: Bool, _ complaint: @autoclosure () -> String) throws {
        guard condition else {
            throw MediaError(.verificationFailed, "The package is not right: hls/\(variant.uri) \(complaint()).")
        }
    }
}
