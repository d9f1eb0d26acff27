import Crypto
import Foundation
import Testing

/// Chance behind the head of a video: a file that is taken for one by whoever sees its first bytes only.
struct RandomVideo {
    let path: String
    let sizeBytes: Int
    let sha256: String

    private static let head =
        Data([0, 0, 0, 0x18]) + Data("ftypisom".utf8) + Data([0, 0, 2, 0]) + Data("isommp42".utf8)

    init(_ path: String, mebibytes: Int) throws {
        FileManager.default.createFile(atPath: path, contents: nil)
        let file = try FileHandle(forWritingTo: URL(filePath: path))
        let chance = try FileHandle(forReadingFrom: URL(filePath: "/dev/urandom"))
        var hash = SHA256()
        for number in 0..<mebibytes {
            var piece = try #require(try chance.read(upToCount: 1 << 20))
            if number == 0 { piece.replaceSubrange(0..<Self.head.count, with: Self.head) }
            hash.update(data: piece)
            try file.write(contentsOf: piece)
        }
        try file.close()
        (self.path, sizeBytes, sha256) = (path, mebibytes << 20, hash.finalize().hexadecimal)
    }

    /// The newest video's source is this file, and the database knows its checksum.
    func expectStored(by clipyard: RunningClipyard) async throws {
        let stored = try await eventually(within: 60, "the video is recorded") {
            let row = try clipyard.sql(
                "SELECT id || ' ' || encode(source_sha256, 'hex') FROM videos ORDER BY id DESC LIMIT 1"
            )
            return row.isEmpty ? nil : row.split(separator: " ").map(String.init)
        }
        #expect(stored[1] == sha256)
        let file = try Data(contentsOf: URL(filePath: "\(clipyard.home)/objects/sources/\(stored[0])/source"))
        #expect(SHA256.hash(data: file).hexadecimal == sha256)
    }
}

extension SHA256Digest {
    fileprivate var hexadecimal: String { map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() }
}
