import Foundation

/// The pictures beside the video: covers, the storyboard, the preview.
///
/// All but the cover may be absent; pipelines differ in what they make.
struct PictureFileRules {
    let package: URL
    /// Of `play.mp4`.
    let width: Int
    let height: Int
    let durationSeconds: Double

    /// Those that a package may hold.
    static let files = [
        PackageLayout.cover, PackageLayout.coverWebP, PackageLayout.smallCover, PackageLayout.smallCoverWebP,
        PackageLayout.storyboard, PackageLayout.storyboardMap, PackageLayout.preview,
    ]

    func check(_ findings: inout Findings) {
        findings.require(has(PackageLayout.cover), .cover, PackageLayout.cover, "is missing")
        let sizes = Dictionary(
            uniqueKeysWithValues: Self.files.filter { has($0) && $0 != PackageLayout.storyboardMap }.map {
                ($0, picture($0, &findings))
            }
        )
        checkCovers(sizes, &findings)
        checkStoryboard(sizes[PackageLayout.storyboard] ?? nil, &findings)
        if let preview = sizes[PackageLayout.preview] ?? nil { checkPreview(preview, &findings) }
    }

    private func has(_ name: String) -> Bool {
        FileManager.default.fileExists(atPath: package.appending(path: name).path)
    }

    private func picture(_ name: String, _ findings: inout Findings) -> PictureFile? {
        if let data = try? Data(contentsOf: package.appending(path: name)), let file = PictureFile(Array(data)) {
            return file
        }
        let rule: VerificationRule =
            switch name {
            case PackageLayout.storyboard: .storyboard
            case PackageLayout.preview: .preview
            default: .cover
            }
        findings.add(rule, name, "is incomplete, or no picture")
        return nil
    }

    private func checkCovers(_ sizes: [String: PictureFile?], _ findings: inout Findings) {
        let pairs = [
            (PackageLayout.cover, PackageLayout.coverWebP), (PackageLayout.smallCover, PackageLayout.smallCoverWebP),
        ]
        for (jpeg, webP) in pairs {
            guard let first = sizes[jpeg] ?? nil, let second = sizes[webP] ?? nil else { continue }
            let isSame = first.width == second.width && first.height == second.height
            findings.require(isSame, .cover, webP, "has not the size of \(jpeg)")
        }
        // A creator's own cover may have any shape, but all covers have the same one.
        guard let large = sizes[PackageLayout.cover] ?? nil, let small = sizes[PackageLayout.smallCover] ?? nil else {
            return
        }
        let isSmaller = small.width <= large.width && small.height <= large.height
        let hasShape =
            abs(small.width * large.height - large.width * small.height) <= 2 * max(large.width, large.height)
        findings.require(
            isSmaller && hasShape,
            .cover,
            PackageLayout.smallCover,
            "is no smaller version of \(PackageLayout.cover)"
        )
    }

    private func checkStoryboard(_ sheet: PictureFile?, _ findings: inout Findings) {
        let (name, map) = (PackageLayout.storyboard, PackageLayout.storyboardMap)
        guard has(name) || has(map) else { return }
        guard has(name), has(map) else { return findings.add(.storyboard, has(name) ? map : name, "is missing") }
        guard
            let text = try? String(contentsOf: package.appending(path: map), encoding: .utf8),
            let cues = StoryboardMap(parsing: text)?.cues, !cues.isEmpty
        else { return findings.add(.storyboard, map, "is no WebVTT with cells of a sheet") }
        guard let sheet else { return }
        var end = 0.0
        for cue in cues {
            let isInside = cue.x + cue.width <= sheet.width && cue.y + cue.height <= sheet.height
            let isCell = isInside && cue.width > 0 && cue.height > 0 && cue.sheet == name
            guard isCell else { return findings.add(.storyboard, map, "has a cell that is not on \(name)") }
            guard cue.start >= end - 0.0005, cue.end > cue.start else {
                return findings.add(.storyboard, map, "has cells that are not in the order of time")
            }
            end = cue.end
        }
        findings.require(
            end <= durationSeconds + 0.1,
            .storyboard,
            map,
            "ends at \(end.short) s and the video at \(durationSeconds.short) s"
        )
    }

    private func checkPreview(_ preview: PictureFile, _ findings: inout Findings) {
        let name = PackageLayout.preview
        findings.require(preview.frameCount > 0, .preview, name, "has no pictures")
        findings.require(
            preview.width <= max(width, 16) && preview.height <= max(height, 16),
            .preview,
            name,
            "is larger than the video"
        )
        findings.require(
            Double(preview.milliseconds) / 1000 <= durationSeconds + 0.5,
            .preview,
            name,
            "lasts longer than the video"
        )
    }
}
