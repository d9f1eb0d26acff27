public import Domain
public import Foundation

/// Looks into every file of a package before anybody sees it.
///
/// A truncated or inconsistent output is a failure here, never a video.
public struct PackageVerifier: Sendable {
    /// What is known about the package from its making.
    struct Expectation: Sendable {
        var rungs: [TranscodePlan.Rung]
        var durationSeconds: Double
        var hasSound: Bool
        /// The files of pictures beside the video.
        var pictures: [String]

        init(plan: TranscodePlan, pipeline: PipelineDefinition, result: Transcoder.Result) {
            rungs = plan.rungs
            pictures = [
                PackageLayout.cover, PackageLayout.coverWebP, PackageLayout.smallCover, PackageLayout.smallCoverWebP,
            ]
            if pipeline.storyboard != nil { pictures += [PackageLayout.storyboard, PackageLayout.storyboardMap] }
            if pipeline.preview != nil { pictures.append(PackageLayout.preview) }
            durationSeconds = result.durationSeconds
            hasSound = result.hasSound
        }
    }

    private let folder: URL

    public init(folder: URL) { self.folder = folder }

    /// Checks the package against itself: every file against what the playlists say.
    ///
    /// Throws `MediaError` that names the first files that are not right.
    public func verify() throws -> MediaPackage { try verify(nil) }

    /// Checks the package also against the source that it was made of.
    func verify(_ expectation: Expectation?) throws -> MediaPackage {
        var findings = Findings()
        let package = inspect(expectation, &findings)
        try findings.throwErrors()
        guard let package else { throw MediaError(.verificationFailed, "The package cannot be read.") }
        return package
    }

    /// Everything that is wrong, or could be better.
    public func report() -> VerificationReport {
        var findings = Findings()
        let package = inspect(nil, &findings)
        return VerificationReport(
            errors: findings.errors,
            notes: findings.notes,
            package: findings.errors.isEmpty ? package : nil
        )
    }

    private func inspect(_ expectation: Expectation?, _ findings: inout Findings) -> MediaPackage? {
        guard let plain = try? PlainPath(to: folder) else {
            findings.add(.files, folder.lastPathComponent, "cannot be linked to")
            return nil
        }
        defer { plain.remove() }
        guard let master = readMaster(&findings) else { return nil }
        let variants = MultivariantPlaylist.largestFirst(master.variants)
        let renditions = variants.compactMap { RenditionContents($0, in: folder, &findings) }
        for rendition in renditions { check(rendition, master, &findings) }
        if renditions.count == variants.count { LadderRules.check(master, renditions, &findings) }
        PlaybackRules.check(folder, &findings)
        // What libav makes of broken files only repeats, in other words, why they are broken.
        guard findings.errors.isEmpty else { return nil }
        return PackageReopening(folder: plain.url, renditions: renditions).run(expectation, &findings)
    }

    private func readMaster(_ findings: inout Findings) -> MultivariantPlaylist? {
        let file = PackageLayout.master
        guard let text = try? String(contentsOf: folder.appending(path: file), encoding: .utf8) else {
            findings.add(.files, file, "is missing, or is not UTF-8")
            return nil
        }
        do { return try MultivariantPlaylist(parsing: text) } catch {
            findings.add(.playlistSyntax, file, "is no playlist: \(error)")
            return nil
        }
    }

    private func check(
        _ rendition: RenditionContents,
        _ master: MultivariantPlaylist,
        _ findings: inout Findings
    ) {
        PlaylistRules.check(rendition, &findings)
        SegmentRules.check(rendition, &findings)
        VariantRules.check(rendition, &findings)
        let iFrameURI = "\(rendition.name)/\(PackageLayout.iFramePlaylistName)"
        IFrameRules.check(rendition, master.iFrameVariants.first { $0.uri == iFrameURI }, &findings)
        let file = rendition.initializationFile
        PictureRules.check(rendition.parameters, rendition.video.entry, file, &findings)
        PictureRules.checkLevel(
            rendition.parameters,
            framesPerSecond: rendition.pictures.samplesPerSecond,
            bitsPerSecond: rendition.variant.bandwidth,
            file,
            &findings
        )
        for track in rendition.movie.tracks {
            findings.require(track.edits.count <= 1, .editList, file, "has \(track.edits.count) edits in a track")
        }
        if let audio = rendition.movie.audio, let sound = rendition.sound {
            SoundRules.check(audio, sound, rendition.pictures, file, &findings)
        }
    }
}
