public import Domain
import FFmpeg
public import Foundation

/// Makes the pictures of a video without encoding it: by seeking, and decoding little.
public struct PictureMaker: Sendable {
    /// What is known about a cover that was written.
    public struct Cover: Codable, Sendable, Equatable {
        public var width: Int
        public var height: Int
        /// When its picture is shown; `nil` for an image that was uploaded.
        public var seconds: Double?
        /// From 0, nothing to see, to 1; `nil` for an image that was uploaded.
        public var score: Double?
        /// The cover in about 25 bytes, in base64.
        public var thumbHash: String
    }

    private let pipeline: PipelineDefinition

    public init(pipeline: PipelineDefinition) { self.pipeline = pipeline }

    /// Writes the four files of the cover into `folder`, which exists.
    ///
    /// Throws `MediaRefusal` if the source or the image that was uploaded cannot be used, `MediaError` otherwise.
    public func makeCover(of source: String, choice: CoverChoice = .automatic, into folder: URL) throws -> Cover {
        let picture = try picture(source, choice)
        let writer = CoverWriter(settings: pipeline.cover, folder: folder)
        return describe(picture, try writer.write(picture.picture))
    }

    /// Writes the cover as one file: WebP if its name ends in `.webp`, JPEG otherwise.
    public func makeCover(of source: String, choice: CoverChoice = .automatic, file: URL) throws -> Cover {
        let picture = try picture(source, choice)
        let writer = CoverWriter(settings: pipeline.cover, folder: file.deletingLastPathComponent())
        return describe(picture, try writer.writeOne(picture.picture, file.lastPathComponent))
    }

    /// Writes every picture of a package into `folder`, where `play.mp4` is already.
    func makePictures(
        of source: String,
        cover: CoverChoice,
        into folder: URL
    ) throws {
        let written = try makeCover(of: source, choice: cover, into: folder)
        let playback = folder.appending(path: PackageLayout.playback).path
        try makeStoryboard(of: playback, into: folder)
        try makePreview(of: playback, at: written.seconds ?? 0, into: folder)
    }

    /// Writes `storyboard.jpg` and `storyboard.vtt` into `folder`, which exists; answers how many pictures are on the
    /// sheet, 0 if the pipeline has no storyboard.
    ///
    /// Throws `MediaRefusal` if the source cannot be used, `MediaError` otherwise.
    @discardableResult
    public func makeStoryboard(of source: String, into folder: URL) throws -> Int {
        guard let settings = pipeline.storyboard else { return 0 }
        let file = try SourceFile(path: source, limits: pipeline.limits)
        let finder = StoryboardFinder(
            fetcher: try PictureFetcher(file),
            settings: settings,
            durationSeconds: try durationSeconds(of: file)
        )
        return try finder.write(to: folder)
    }

    /// Writes `preview.webp` into `folder`, which exists, if the pipeline has one.
    ///
    /// It starts at `seconds`, or so much earlier that the video does not end before it.
    func makePreview(of source: String, at seconds: Double, into folder: URL) throws {
        guard let settings = pipeline.preview else { return }
        let file = try SourceFile(path: source, limits: pipeline.limits)
        let fetcher = try PictureFetcher(file)
        let length = try min(settings.seconds, durationSeconds(of: file))
        let start = try max(0, min(seconds, durationSeconds(of: file) - length))
        let size = fetcher.size.fitting(shortSide: settings.shortSide)
        let animation = AnimationWriter(settings: settings)
        for index in 0..<max(1, Int(saturating: (length * Double(settings.framesPerSecond)).rounded())) {
            let picture = try fetcher.picture(at: start + Double(index) / Double(settings.framesPerSecond))
            let upright = try fetcher.upright(picture.frame, size: size)
            try animation.add(upright.filtered { PictureFilters.webp($0, size: size) })
        }
        try animation.write(to: folder)
    }

    /// How long a source plays; reads it to its end if its headers do not say.
    private func durationSeconds(of file: SourceFile) throws -> Double {
        if let seconds = file.durationSeconds { return seconds }
        return try MediaProbe(limits: pipeline.limits).probe(file.demuxer.path).durationSeconds
    }

    /// Writes the cover if it is an image that the creator uploaded, and answers whether it is.
    @discardableResult
    func writeUploadedCover(_ choice: CoverChoice, into folder: URL) throws -> Bool {
        guard case .image(let path) = choice else { return false }
        _ = try CoverWriter(settings: pipeline.cover, folder: folder).write(uploaded(path))
        return true
    }

    private struct Picture: ~Copyable {
        let picture: Frame
        var seconds: Double?
        var score: Double?
    }

    private func picture(_ source: String, _ choice: CoverChoice) throws -> Picture {
        if case .image(let path) = choice { return Picture(picture: try uploaded(path)) }
        let file = try SourceFile(path: source, limits: pipeline.limits)
        let finder = CoverFinder(
            fetcher: try PictureFetcher(file),
            settings: pipeline.cover,
            durationSeconds: try durationSeconds(of: file)
        )
        let found: CoverFinder.Found
        if case .at(let seconds) = choice { found = try finder.picture(at: seconds) } else { found = try finder.best() }
        let (seconds, score) = (found.seconds, found.score.value)
        return Picture(picture: try found.picture.clone(), seconds: seconds, score: score)
    }

    private func uploaded(_ path: String) throws -> Frame {
        try UploadedCover(path: path, limits: pipeline.limits, shortSide: pipeline.cover.shortSide).picture()
    }

    private func describe(_ picture: borrowing Picture, _ written: CoverWriter.Written) -> Cover {
        Cover(
            width: written.size.width,
            height: written.size.height,
            seconds: picture.seconds,
            score: picture.score,
            thumbHash: written.thumbHash.base64
        )
    }
}
