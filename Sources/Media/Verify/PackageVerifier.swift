public import Domain
public import Foundation

/// Reopens every file of a package before anybody sees it.
///
/// A truncated or inconsistent output is a failure here, never a video.
public struct PackageVerifier: Sendable {
    /// What is known about the package from its making.
    struct Expectation: Sendable {
        var rungs: [TranscodePlan.Rung]
        var durationSeconds: Double
        var hasSound: Bool

        init(plan: TranscodePlan, result: Transcoder.Result) {
            rungs = plan.rungs
            durationSeconds = result.durationSeconds
            hasSound = result.hasSound
        }
    }

    private let folder: URL

    public init(folder: URL) { self.folder = folder }

    /// Checks the package against itself: every file against what the playlists say.
    ///
    /// Throws `MediaError` that names the first file that is not right.
    public func verify() throws -> MediaPackage { try verify(nil) }

    /// Checks the package also against the source that it was made of.
    func verify(_ expectation: Expectation?) throws -> MediaPackage {
        let plain = try PlainPath(to: folder)
        defer { plain.remove() }
        return try PackageVerifier(folder: plain.url).verifyFiles(expectation)
    }

    private func verifyFiles(_ expectation: Expectation?) throws -> MediaPackage {
        let master = try readMaster()
        let playback = try inspect(PackageLayout.playback)
        try require(
            MP4Boxes.hasIndexInFront(folder.appending(path: PackageLayout.playback)),
            "play.mp4 is not faststart"
        )
        var files = [PackageLayout.playback, PackageLayout.cover, PackageLayout.master]
        var renditions: [Rendition] = []
        for variant in MultivariantPlaylist.largestFirst(master.variants) {
            let verified = try RenditionVerifier(folder: folder, variant: variant).verify()
            try compare(verified, with: playback)
            files += verified.files
            renditions.append(verified.rendition)
        }
        try checkCover(shownAs: playback)
        if let expectation { try compare(renditions, playback, with: expectation) }
        return MediaPackage(
            width: playback.width,
            height: playback.height,
            durationSeconds: playback.statedSeconds,
            renditions: renditions,
            files: try measure(files)
        )
    }

    private func readMaster() throws -> MultivariantPlaylist {
        let text = try? String(contentsOf: folder.appending(path: PackageLayout.master), encoding: .utf8)
        guard let playlist = text.flatMap({ try? MultivariantPlaylist(parsing: $0) }) else {
            throw MediaError(.verificationFailed, "\(PackageLayout.master) is missing or incomplete.")
        }
        return playlist
    }

    private func inspect(_ path: String) throws -> ContainerContents {
        try ContainerContents(path: folder.appending(path: path).path, formats: ["mov"])
    }

    /// Every rendition shows the same pictures at the same times, and holds the very same sound.
    private func compare(_ rendition: RenditionVerifier.Verified, with playback: ContainerContents) throws {
        let name = "hls/\(rendition.rendition.name)"
        let contents = rendition.contents
        try require(
            contents.frameCount == playback.frameCount,
            "\(name) has \(contents.frameCount) pictures and play.mp4 \(playback.frameCount)"
        )
        // An edit list counts in milliseconds, so a last packet of a few samples may lie behind its end.
        try require(
            abs(contents.soundPacketCount - playback.soundPacketCount) <= 1,
            "\(name) has \(contents.soundPacketCount) packets of sound and play.mp4 \(playback.soundPacketCount)"
        )
        try require(
            abs(contents.lastPictureTime - playback.lastPictureTime) < 0.002,
            "\(name) ends at \(contents.lastPictureTime) s and play.mp4 at \(playback.lastPictureTime) s"
        )
        try requireSameDuration(rendition.durationSeconds, playback.statedSeconds, name)
    }

    private func checkCover(shownAs playback: ContainerContents) throws {
        // A JPEG that lost its end decodes, to grey; its end-of-image marker is missing.
        let data = try? Data(contentsOf: folder.appending(path: PackageLayout.cover))
        try require(data?.suffix(2).elementsEqual([0xff, 0xd9]) == true, "cover.jpg is missing or incomplete")
        let cover = try ContainerContents(
            path: folder.appending(path: PackageLayout.cover).path,
            formats: ["jpeg_pipe", "image2"]
        )
        try require(
            cover.width == playback.width && cover.height == playback.height,
            "cover.jpg is \(cover.width) × \(cover.height) and play.mp4 \(playback.width) × \(playback.height)"
        )
    }

    private func compare(_ renditions: [Rendition], _ playback: ContainerContents, with: Expectation) throws {
        let sizes = renditions.map { "\($0.name) \($0.width)x\($0.height)" }
        let expected = with.rungs.map { "\($0.name) \($0.width)x\($0.height)" }
        try require(sizes == expected, "the renditions are \(sizes) and should be \(expected)")
        try require(playback.hasSound == with.hasSound, "play.mp4 lost the sound")
        try requireSameDuration(playback.statedSeconds, with.durationSeconds, PackageLayout.playback)
    }

    /// One per cent or a tenth of a second, whichever is more.
    private func requireSameDuration(_ seconds: Double, _ expected: Double, _ name: String) throws {
        try require(
            abs(seconds - expected) <= max(0.1, expected * 0.01),
            "\(name) lasts \(seconds) s and should last \(expected) s"
        )
    }

    /// The files with their sizes; there must be no others.
    private func measure(_ files: [String]) throws -> [MediaPackage.File] {
        // A folder is listed by its own name, not by a link to it.
        let folder = folder.resolvingSymlinksInPath()
        let present = try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter { path in
            let attributes = try FileManager.default.attributesOfItem(atPath: folder.appending(path: path).path)
            return attributes[.type] as? FileAttributeType != .typeDirectory
        }
        let unexpected = Set(present).symmetricDifference(files).sorted()
        try require(unexpected.isEmpty, "no playlist explains \(unexpected.joined(separator: ", "))")
        return try files.map { path in
            let attributes = try FileManager.default.attributesOfItem(atPath: folder.appending(path: path).path)
            return .init(path: path, sizeBytes: (attributes[.size] as? NSNumber)?.int64Value ?? 0)
        }
    }

    private func require(_ condition: Bool, _ complaint: @autoclosure () -> String) throws {
        guard condition else { throw MediaError(.verificationFailed, "The package is not right: \(complaint()).") }
    }
}
