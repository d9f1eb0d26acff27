import FFmpeg
import Foundation
import TestSupport
import Testing

@testable import Media

@Suite struct ChunkSetTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Two windows of 50 pictures, of which so many were lost.
    func chunks(broken: [Int]) throws -> ChunkSet {
        let folders = try broken.enumerated().map { index, broken in
            let url = folder.url.appending(path: "\(UUID())")
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
            let manifest = ChunkManifest(
                window: .init(startSeconds: Double(2 * index), endSeconds: index == 0 ? 2 : nil),
                timeBase: Rational(1, 25),
                times: (0..<50).map { Int64(50 * index + $0) },
                rungs: [],
                endSeconds: index == 0 ? nil : 4,
                decodedFrames: 50,
                brokenPictures: broken
            )
            try ManifestFile.write(manifest, to: url.appending(path: ChunkLayout.manifest))
            return url
        }
        return try ChunkSet(folders: folders)
    }

    @Test func fewLostPicturesAreEnduredWhereverTheyAre() throws {
        #expect(try chunks(broken: [5, 0]).times.count == 100)
        #expect(try chunks(broken: [2, 3]).endSeconds == 4)
    }

    @Test func asManyAsOneEncodeWouldRefuseAreRefused() {
        #expect(throws: SourceFailure.damaged) { try chunks(broken: [3, 3]) }
        #expect(throws: SourceFailure.damaged) { try chunks(broken: [0, 6]) }
    }
}
