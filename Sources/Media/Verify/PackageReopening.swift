import Domain
import Foundation

/// Opens a package as a player does, with libav: every packet is read and the first pictures are decoded.
struct PackageReopening {
    /// A folder whose path is no puzzle to libav.
    let folder: URL
    /// Largest first.
    let renditions: [RenditionContents]

    /// What is in the package, if all of it opens.
    func run(_ expectation: PackageVerifier.Expectation?, _ findings: inout Findings) -> MediaPackage? {
        guard let playback = open(PackageLayout.playback, ["mov"], &findings) else { return nil }
        for rendition in renditions {
            guard let contents = open(rendition.playlistFile, ["hls", "mov"], &findings) else { return nil }
            compare(contents, rendition, with: playback, &findings)
        }
        let pictures = PictureFileRules(
            package: folder,
            width: playback.width,
            height: playback.height,
            durationSeconds: playback.statedSeconds
        )
        pictures.check(&findings)
        if findings.errors.isEmpty { _ = open(PackageLayout.cover, ["jpeg_pipe", "image2"], &findings) }
        if let expectation { compare(playback, with: expectation, &findings) }
        return MediaPackage(
            width: playback.width,
            height: playback.height,
            durationSeconds: playback.statedSeconds,
            renditions: renditions.map(\.summary),
            files: measuredFiles(&findings),
            thumbHash: findings.errors.isEmpty ? thumbHash(&findings) : nil
        )
    }

    /// The placeholder of what the cover really shows.
    private func thumbHash(_ findings: inout Findings) -> String? {
        let file = PackageLayout.cover
        do { return try ThumbHash(imageFile: Array(Data(contentsOf: folder.appending(path: file)))).base64 } catch {
            findings.add(.cover, file, "cannot be decoded: \(error)")
            return nil
        }
    }

    private func open(_ path: String, _ formats: [String], _ findings: inout Findings) -> ContainerContents? {
        do { return try ContainerContents(path: folder.appending(path: path).path, formats: formats) } catch {
            findings.add(.decodes, path, (error as? MalformedMedia)?.message ?? "cannot be opened: \(error)")
            return nil
        }
    }

    /// Every rendition shows the same pictures at the same times, and holds the very same sound.
    private func compare(
        _ contents: ContainerContents,
        _ rendition: RenditionContents,
        with playback: ContainerContents,
        _ findings: inout Findings
    ) {
        let file = rendition.playlistFile
        findings.require(
            contents.frameCount == playback.frameCount,
            .samePictures,
            file,
            "has \(contents.frameCount) pictures and play.mp4 \(playback.frameCount)"
        )
        // An edit list counts in milliseconds, so a last packet of a few samples may lie behind its end.
        findings.require(
            abs(contents.soundPacketCount - playback.soundPacketCount) <= 1,
            .samePictures,
            file,
            "has \(contents.soundPacketCount) packets of sound and play.mp4 \(playback.soundPacketCount)"
        )
        findings.require(
            abs(contents.lastPictureTime - playback.lastPictureTime) < 0.002,
            .samePictures,
            file,
            "ends at \(contents.lastPictureTime.short) s and play.mp4 at \(playback.lastPictureTime.short) s"
        )
        requireSameDuration(rendition.playlist.durationSeconds, playback.statedSeconds, .samePictures, file, &findings)
    }

    private func compare(
        _ playback: ContainerContents,
        with expectation: PackageVerifier.Expectation,
        _ findings: inout Findings
    ) {
        let sizes = renditions.map { "\($0.name) \($0.parameters.width)x\($0.parameters.height)" }
        let expected = expectation.rungs.map { "\($0.name) \($0.width)x\($0.height)" }
        findings.require(sizes == expected, .source, PackageLayout.master, "lists \(sizes) and should list \(expected)")
        let file = PackageLayout.playback
        findings.require(playback.hasSound == expectation.hasSound, .source, file, "lost the sound")
        requireSameDuration(playback.statedSeconds, expectation.durationSeconds, .source, file, &findings)
        for picture in expectation.pictures {
            let isThere = FileManager.default.fileExists(atPath: folder.appending(path: picture).path)
            findings.require(isThere, .files, picture, "is missing")
        }
    }

    /// One per cent or a tenth of a second, whichever is more.
    private func requireSameDuration(
        _ seconds: Double,
        _ expected: Double,
        _ rule: VerificationRule,
        _ file: String,
        _ findings: inout Findings
    ) {
        findings.require(
            abs(seconds - expected) <= max(0.1, expected * 0.01),
            rule,
            file,
            "lasts \(seconds.short) s and should last \(expected.short) s"
        )
    }

    /// The files with their sizes; there must be no others.
    private func measuredFiles(_ findings: inout Findings) -> [MediaPackage.File] {
        // A folder is listed by its own name, not by a link to it.
        let root = folder.resolvingSymlinksInPath()
        let present = Dictionary(
            uniqueKeysWithValues: (FileManager.default.subpaths(atPath: root.path) ?? []).compactMap { path in
                size(of: root.appending(path: path)).map { (path, $0) }
            }
        )
        let known =
            [PackageLayout.playback] + PictureFileRules.files.filter { present[$0] != nil } + [PackageLayout.master]
            + renditions.flatMap(\.files)
        for path in Set(present.keys).subtracting(known).sorted() {
            findings.add(.files, path, "is in no playlist")
        }
        return known.map { .init(path: $0, sizeBytes: present[$0] ?? 0) }
    }

    /// `nil` for a folder.
    private func size(of file: URL) -> Int64? {
        let attributes = try? FileManager.default.attributesOfItem(atPath: file.path)
        if attributes?[.type] as? FileAttributeType == .typeDirectory { return nil }
        return (attributes?[.size] as? NSNumber)?.int64Value ?? 0
    }
}

extension RenditionContents {
    fileprivate var summary: Rendition {
        Rendition(
            name: name,
            width: parameters.width,
            height: parameters.height,
            bandwidth: variant.bandwidth,
            averageBandwidth: variant.averageBandwidth,
            codecs: variant.codecs
        )
    }
}
