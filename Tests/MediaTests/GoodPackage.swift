import Foundation
import TestSupport
import Testing

@testable import Media

/// A package that breaks no rule, to break one at a time: every test has a copy of its own.
struct GoodPackage {
    let folder: TemporaryFolder

    /// The files of four seconds of pictures and sound in two rungs, by path.
    private static let original = Result {
        let folder = try make()
        return try withExtendedLifetime(folder) { try files(of: folder.url) }
    }

    init() throws {
        folder = try TemporaryFolder()
        for (path, data) in try Self.original.get() {
            let file = folder.url.appending(path: path)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try data.write(to: file)
        }
    }

    private static func files(of folder: URL) throws -> [String: Data] {
        let paths = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
        return try Dictionary(
            uniqueKeysWithValues: paths.filter { $0.contains(".") }.map {
                ($0, try Data(contentsOf: folder.appending(path: $0)))
            }
        )
    }

    /// A package of `source` whose definition was changed a little.
    static func make(
        _ source: String = Samples.browser,
        _ change: (inout PipelineDefinition) -> Void = { _ in }
    ) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        var pipeline = try PipelineDefinition.quick()
        pipeline.video.passthrough = false
        change(&pipeline)
        _ = try VideoProcessor(pipeline: pipeline).process(source: source, output: folder.url)
        return folder
    }

    func file(_ path: String) -> URL { folder.url.appending(path: path) }

    func bytes(_ path: String) throws -> [UInt8] { Array(try Data(contentsOf: file(path))) }

    func write(_ bytes: [UInt8], to path: String) throws { try Data(bytes).write(to: file(path)) }

    func text(_ path: String) throws -> String { try String(contentsOf: file(path), encoding: .utf8) }

    /// Changes the bytes of a file.
    func alter(_ path: String, _ change: (inout [UInt8]) throws -> Void) throws {
        var bytes = try bytes(path)
        let before = bytes
        try change(&bytes)
        try #require(bytes != before)
        try write(bytes, to: path)
    }

    /// Changes the text of a file; `text` must occur.
    func replace(_ text: String, with other: String, in path: String) throws {
        let old = try self.text(path)
        let new = old.replacing(text, with: other)
        try #require(new != old)
        try Data(new.utf8).write(to: file(path))
    }

    /// Changes what a regular expression finds, everywhere.
    func replace<Output>(
        _ pattern: Regex<Output>,
        in path: String,
        with other: (Regex<Output>.Match) -> String
    ) throws {
        let old = try text(path)
        let new = old.replacing(pattern, with: other)
        try #require(new != old)
        try Data(new.utf8).write(to: file(path))
    }

    /// Takes the small rung, and what playlists say about it, from another package.
    func takeSmallRung(from other: TemporaryFolder) throws {
        try FileManager.default.removeItem(at: file("hls/120"))
        try FileManager.default.copyItem(at: other.url.appending(path: "hls/120"), to: file("hls/120"))
        let pattern = /#EXT-X-STREAM-INF:[^\n]*\n120\/index\.m3u8|#EXT-X-I-FRAME-STREAM-INF:[^\n]*120\/iframes\.m3u8"/
        let master = try String(contentsOf: other.url.appending(path: "hls/master.m3u8"), encoding: .utf8)
        let lines = master.matches(of: pattern).map { String($0.output) }
        try #require(lines.count == 2)
        try replace(pattern, in: "hls/master.m3u8") { $0.output.contains("I-FRAME") ? lines[1] : lines[0] }
    }

    /// Makes `play.mp4` anew with the `ffmpeg` command; the old one is `old.mp4`.
    func remake(_ arguments: String, options: String = "-movflags +faststart") throws {
        try FileManager.default.moveItem(at: file("play.mp4"), to: file("old.mp4"))
        try Command.ffmpeg("-i old.mp4 \(arguments) \(options) play.mp4", in: folder.url)
        try FileManager.default.removeItem(at: file("old.mp4"))
    }

    func report() -> VerificationReport { PackageVerifier(folder: folder.url).report() }

    /// The rules that the package breaks, each once.
    var broken: Set<VerificationRule> {
        let report = report()
        return Set((report.errors + report.notes).map(\.rule))
    }
}

extension [UInt8] {
    /// Where `pattern` starts.
    func firstIndex(of pattern: [UInt8], from start: Int = 0) -> Int? {
        guard count >= start + pattern.count else { return nil }
        return (start...count - pattern.count).first { self[$0] == pattern[0] && self[$0...].starts(with: pattern) }
    }

    /// Where the payload of the `number`th box of this type starts, behind its type.
    func payload(of type: String, _ number: Int = 1) throws -> Int {
        var index = 0
        for _ in 0..<number { index = try #require(firstIndex(of: Array(type.utf8), from: index)) + 4 }
        return index
    }

    /// Writes a big-endian number.
    mutating func put(_ value: Int, at index: Int, byteCount: Int) {
        for byte in 0..<byteCount {
            self[index + byte] = UInt8(truncatingIfNeeded: value >> (8 * (byteCount - 1 - byte)))
        }
    }

    func number(at index: Int, byteCount: Int) -> Int {
        self[index..<index + byteCount].reduce(0) { $0 << 8 | Int($1) }
    }

    /// Replaces every occurrence of a pattern by another of the same length.
    mutating func replaceAll(_ pattern: [UInt8], with other: [UInt8]) {
        var start = 0
        while let index = firstIndex(of: pattern, from: start) {
            replaceSubrange(index..<index + pattern.count, with: other)
            start = index + pattern.count
        }
    }
}
