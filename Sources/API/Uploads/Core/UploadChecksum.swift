import Crypto
import Foundation
import NIOCore

/// The checksum of one request, as `Upload-Checksum` announces it: an algorithm and, in base64, its value.
struct UploadChecksum {
    enum Algorithm: String, CaseIterable { case sha1, sha256, md5 }

    private enum Running { case sha1(Insecure.SHA1), sha256(SHA256), md5(Insecure.MD5) }

    private var running: Running
    private let expected: Data

    /// For example `sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=`.
    init(_ header: String) throws(APIError) {
        let words = header.split(separator: " ")
        guard words.count == 2, let expected = Data(base64Encoded: String(words[1])) else {
            throw APIError(
                .invalidParameter,
                "Upload-Checksum must be an algorithm and the checksum in base64.",
                chinese: "Upload-Checksum 必须是算法名和 base64 编码的校验值。"
            )
        }
        guard let algorithm = Algorithm(rawValue: words[0].lowercased()) else {
            let list = Algorithm.allCases.map(\.rawValue).joined(separator: ", ")
            throw APIError(
                .unsupportedChecksum,
                "The checksum algorithm \(words[0].prefix(32)) is not supported; use one of \(list).",
                chinese: "不支持校验算法 \(words[0].prefix(32))，可用：\(list)。"
            )
        }
        self.expected = expected
        running =
            switch algorithm {
            case .sha1: .sha1(Insecure.SHA1())
            case .sha256: .sha256(SHA256())
            case .md5: .md5(Insecure.MD5())
            }
    }

    mutating func update(_ bytes: ByteBuffer) {
        switch running {
        case .sha1(var hash): hash.update(data: bytes.readableBytesView); running = .sha1(hash)
        case .sha256(var hash): hash.update(data: bytes.readableBytesView); running = .sha256(hash)
        case .md5(var hash): hash.update(data: bytes.readableBytesView); running = .md5(hash)
        }
    }

    /// - Throws: if other bytes were sent than the checksum is of.
    func verify() throws(APIError) {
        let actual: Data =
            switch running {
            case .sha1(let hash): Data(hash.finalize())
            case .sha256(let hash): Data(hash.finalize())
            case .md5(let hash): Data(hash.finalize())
            }
        guard actual == expected else { throw .checksumMismatch }
    }
}
