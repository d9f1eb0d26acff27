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

extension ObjectInfo {
    /// More than any service takes as one object, and little enough for sums.
    static let maxBytes: Int64 = 1 << 46

    /// A size as a service writes it; `nil` for one that no object has.
    static func size(_ text: String) -> Int64? {
        Int64(text).flatMap { (0...maxBytes).contains($0) ? $0 : nil }
    }
}
