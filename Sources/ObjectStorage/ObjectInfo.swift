public import Foundation

/// What a store knows about an object without reading it.
public struct ObjectInfo: Sendable, Equatable {
    public var key: ObjectKey
    /// The size in bytes.
    public var sizeBytes: Int64
    public var modifiedAt: Date
    /// Changes whenever the bytes do; without quotes.
    public var etag: String

    public init(key: ObjectKey, sizeBytes: Int64, modifiedAt: Date, etag: String) {
        self.key = key
        self.sizeBytes = sizeBytes
        self.modifiedAt = modifiedAt
        self.etag = etag
    }
}
