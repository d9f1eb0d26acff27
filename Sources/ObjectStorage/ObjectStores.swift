import Foundation

/// Opens the store that an operator named.
public enum ObjectStores {
    /// What a bucket needs beside its name.
    public struct Options: Sendable {
        public var endpoint: String?
        public var internalEndpoint: String?
        public var region: String?
        public var credentials: StorageCredentials?
        public var isPathStyle = false
        /// How requests to OSS are signed.
        public var signature = OSSSignature.v4
        public var configuration = BucketObjectStore.Configuration()

        public init() {}
    }

    /// Opens a folder, `s3://bucket/prefix` or `oss://bucket/prefix`.
    ///
    /// Throws a ``StorageError`` that says which setting is missing or wrong.
    public static func open(_ location: String, _ options: Options = Options()) throws -> any ObjectStore {
        guard let range = location.firstRange(of: "://") else { return try LocalObjectStore(root: location) }
        let parts = location[range.upperBound...].split(separator: "/", maxSplits: 1).map(String.init)
        let (bucket, prefix) = (parts.first ?? "", parts.count > 1 ? parts[1] : "")
        // A prefix is the beginning of keys, and is held to what keys are.
        if !prefix.isEmpty { _ = try ObjectKey(prefix.hasSuffix("/") ? String(prefix.dropLast()) : prefix) }
        let scheme = location[..<range.lowerBound]
        guard ["s3", "oss"].contains(scheme) else {
            let message = "CLIPYARD_STORAGE is a folder, s3://bucket/prefix or oss://bucket/prefix"
            throw StorageError(.invalid, doing: "open store", subject: location, message: message)
        }
        let settings = BucketSettings(
            bucket: bucket,
            prefix: prefix,
            endpoint: options.endpoint,
            internalEndpoint: options.internalEndpoint,
            region: options.region,
            credentials: try credentials(options, bucket),
            isPathStyle: options.isPathStyle,
            signature: options.signature
        )
        try makeScratch(options.configuration.scratch)
        return scheme == "s3"
            ? try BucketObjectStore(s3: settings, configuration: options.configuration)
            : try BucketObjectStore(oss: settings, configuration: options.configuration)
    }

    private static func credentials(_ options: Options, _ bucket: String) throws -> StorageCredentials {
        if let credentials = options.credentials { return credentials }
        let message = "a bucket needs CLIPYARD_STORAGE_ACCESS_KEY and CLIPYARD_STORAGE_SECRET_KEY"
        throw StorageError(.denied, doing: "open store", subject: bucket, message: message)
    }

    private static func makeScratch(_ path: String) throws {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            let message = error.localizedDescription
            throw StorageError(.system, doing: "create folder", subject: path, message: message)
        }
    }
}
