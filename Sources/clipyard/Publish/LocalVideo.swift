import Crypto
import Foundation

/// A file of this machine that is going to be sent.
struct LocalVideo: Sendable {
    let path: String
    let sizeBytes: Int64
    let modifiedAt: Date

    init(_ path: String) throws {
        self.path = path
        guard FileManager.default.isReadableFile(atPath: path),
            let attributes = try? FileManager.default.attributesOfItem(atPath: path),
            attributes[.type] as? FileAttributeType == .typeRegular, let size = attributes[.size] as? Int64
        else { throw UpError("\(path) is no file that may be read.") }
        guard size > 0 else { throw UpError("\(path) is empty.") }
        sizeBytes = size
        modifiedAt = attributes[.modificationDate] as? Date ?? .distantPast
    }

    var name: String { URL(filePath: path).lastPathComponent }

    /// SHA-256 in hexadecimal, for the server to compare.
    func checksum() throws -> String {
        let handle = try FileHandle(forReadingFrom: URL(filePath: path))
        defer { try? handle.close() }
        var hash = SHA256()
        while let piece = try handle.read(upToCount: 1 << 20), !piece.isEmpty {
            try Task.checkCancellation()
            hash.update(data: piece)
        }
        return hash.finalize().hexadecimal
    }

    /// Of this file as it is now, published like this: changes with either.
    func fingerprint(server: String, wishes: [(String, String)]) -> String {
        let path = URL(filePath: path).standardizedFileURL.path
        let facts = [server, path, "\(sizeBytes)", "\(modifiedAt.timeIntervalSince1970)"]
        let text = (facts + wishes.flatMap { [$0.0, $0.1] }).joined(separator: "\n")
        return SHA256.hash(data: Data(text.utf8)).hexadecimal
    }
}

extension Digest {
    var hexadecimal: String {
        map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
    }
}
