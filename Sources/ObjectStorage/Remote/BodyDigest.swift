import Crypto
import Glibc
import NIOCore

/// Checksums of what a request carries, known before the first byte is sent.
struct BodyDigest: Sendable, Equatable {
    /// Which ones a service wants.
    struct Kinds: OptionSet, Sendable {
        let rawValue: Int
        static let md5 = Kinds(rawValue: 1)
        static let sha256 = Kinds(rawValue: 2)
        static let crc64 = Kinds(rawValue: 4)
    }

    var sizeBytes: Int64 = 0
    var md5: [UInt8]?
    var sha256: [UInt8]?
    /// CRC-64/XZ, as OSS counts it.
    var crc64: UInt64?

    /// Those that are known.
    var kinds: Kinds {
        [md5 == nil ? [] : .md5, sha256 == nil ? [] : .sha256, crc64 == nil ? [] : .crc64]
    }

    /// Whether all checksums that both know are equal.
    func agrees(with other: BodyDigest) -> Bool {
        (md5 == nil || other.md5 == nil || md5 == other.md5)
            && (sha256 == nil || other.sha256 == nil || sha256 == other.sha256)
            && (crc64 == nil || other.crc64 == nil || crc64 == other.crc64)
    }

    private static let pieceBytes = 1024 * 1024

    static func of(_ bytes: ByteBuffer, _ kinds: Kinds) -> BodyDigest {
        var running = RunningDigest(kinds)
        bytes.withUnsafeReadableBytes { running.update($0) }
        return running.finish()
    }

    /// Reads a part of a file; blocks.
    static func of(_ file: FileDescriptor, range: Range<Int64>, _ kinds: Kinds) throws(StorageError) -> BodyDigest {
        var running = RunningDigest(kinds)
        var position = range.lowerBound
        while position < range.upperBound {
            let count = Int(min(Int64(pieceBytes), range.upperBound - position))
            let piece = try file.read(at: position, count: count)
            guard piece.readableBytes > 0 else { throw FileDescriptor.becameShorter(file) }
            piece.withUnsafeReadableBytes { running.update($0) }
            position += Int64(piece.readableBytes)
        }
        return running.finish()
    }
}

/// Checksums while the bytes pass.
struct RunningDigest {
    private(set) var sizeBytes: Int64 = 0
    private var md5: Insecure.MD5?
    private var sha256: SHA256?
    private var crc64: CRC64?

    init(_ kinds: BodyDigest.Kinds) {
        md5 = kinds.contains(.md5) ? Insecure.MD5() : nil
        sha256 = kinds.contains(.sha256) ? SHA256() : nil
        crc64 = kinds.contains(.crc64) ? CRC64() : nil
    }

    mutating func update(_ bytes: UnsafeRawBufferPointer) {
        sizeBytes += Int64(bytes.count)
        md5?.update(bufferPointer: bytes)
        sha256?.update(bufferPointer: bytes)
        crc64?.update(bytes)
    }

    func finish() -> BodyDigest {
        BodyDigest(
            sizeBytes: sizeBytes,
            md5: md5.map { Array($0.finalize()) },
            sha256: sha256.map { Array($0.finalize()) },
            crc64: crc64?.value
        )
    }
}

extension Sequence<UInt8> {
    /// Two small digits a byte.
    var hex: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
