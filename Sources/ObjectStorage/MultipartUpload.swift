public import Foundation

/// An object that arrives in parts.
public struct MultipartUpload: Sendable, Hashable {
    /// What parts may be numbered.
    public static let partNumbers = 1...10_000
    /// What S3 asks of every part but the last; OSS asks for less.
    public static let minPartBytes: Int64 = 5 * 1024 * 1024

    public let key: ObjectKey
    /// The store's name for it: any text.
    public let id: String
    public let startedAt: Date

    public init(key: ObjectKey, id: String, startedAt: Date) {
        self.key = key
        self.id = id
        self.startedAt = startedAt
    }
}

/// A part that a store has.
public struct MultipartPart: Sendable, Hashable {
    public let number: Int
    public let sizeBytes: Int64
    /// Changes whenever the bytes do; without quotes.
    public let etag: String
    /// CRC-64/XZ of the bytes, if it is known.
    public let crc64: UInt64?

    public init(number: Int, sizeBytes: Int64, etag: String, crc64: UInt64? = nil) {
        self.number = number
        self.sizeBytes = sizeBytes
        self.etag = etag
        self.crc64 = crc64
    }
}
