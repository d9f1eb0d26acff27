import Database
import Domain
import Foundation
import Moderation

/// What a client says about a video before it is here, whichever protocol it speaks.
struct UploadIntent {
    var title: String?
    /// The title where there is none, without its ending.
    var filename: String?
    var pipeline: String?
    var coverSeconds: String?
    /// SHA-256 of the whole, in hexadecimal.
    var sha256: String?
    /// `yes` if an image of the creator's own will follow.
    var coverFollows: String?
    /// As it was sent, to be told again.
    var header: String?

    init(_ metadata: TusMetadata) {
        title = metadata["title"]
        filename = metadata["filename"] ?? metadata["name"]
        pipeline = metadata["pipeline"]
        coverSeconds = metadata["cover_seconds"]
        sha256 = metadata["sha256"]
        coverFollows = metadata["cover_follows"]
        header = metadata.header
    }

    /// The same as parameters of the query.
    init(_ parameters: DouyinParameters, filename: String?) {
        title = parameters["title"]
        self.filename = filename
        pipeline = parameters["pipeline"]
        coverSeconds = parameters["cover_seconds"]
        sha256 = parameters["sha256"]
        coverFollows = parameters["cover_follows"]
    }

    /// Checked, and as it is kept.
    func metadata(_ content: ContentCheck, pipelines: [String]) throws -> UploadMetadata {
        let wishes = try UploadWishes(pipeline: pipeline, coverSeconds: coverSeconds, coverImage: nil)
        try wishes.requirePipeline(among: pipelines)
        guard let title = title ?? filename.map(Self.stem) else { throw APIError.missing("title") }
        let checked = try APIError.translating(to: .invalidTitle) {
            try content.check(VideoTitle(title).rawValue, as: .title)
        }
        var metadata = UploadMetadata()
        metadata.title = checked.text
        metadata.isHeld = checked.isHeld ? true : nil
        metadata.pipeline = wishes.pipeline
        metadata.coverSeconds = wishes.coverSeconds
        metadata.awaitsCover = coverFollows == "yes" ? true : nil
        metadata.header = header
        return metadata
    }

    /// The announced checksum as bytes.
    func digest() throws(APIError) -> [UInt8]? {
        guard let sha256, !sha256.isEmpty else { return nil }
        let digits = Array(sha256.utf8)
        let bytes = stride(from: 0, to: digits.count - 1, by: 2)
            .compactMap { UInt8(String(decoding: digits[$0..<($0 + 2)], as: UTF8.self), radix: 16) }
        guard digits.count == 64, bytes.count == 32 else {
            throw .invalid("sha256", sha256, expected: Phrase("64 hexadecimal digits", chinese: " 64 位十六进制数字"))
        }
        return bytes
    }

    private static func stem(_ path: String) -> String {
        let name = path.split { $0 == "/" || $0 == "\\" }.last.map(String.init) ?? ""
        guard let dot = name.lastIndex(of: "."), dot > name.startIndex else { return name }
        return String(name[..<dot])
    }
}
