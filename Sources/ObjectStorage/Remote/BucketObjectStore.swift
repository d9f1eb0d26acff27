public import Foundation
import Glibc
public import NIOCore
import NIOPosix

/// Objects in a bucket of a service that speaks S3's way.
///
/// Nothing is held in memory but what is on its way. What is sent and what is fetched is compared with the service's
/// own checksum.
public struct BucketObjectStore: ObjectStore {
    /// What is to be sent in one request, and how.
    public struct Configuration: Sendable, Equatable {
        /// A file longer than this is sent in parts.
        public var partsAboveBytes: Int64 = 32 * 1024 * 1024
        /// The size of the first thousand parts; of every further thousand it doubles, so that 5 TiB fit.
        public var partBytes: Int64 = 8 * 1024 * 1024
        /// Parts of one file on their way at once.
        public var partsAtOnce = 4
        /// The longest object, and the longest range of one, that is copied by one request.
        public var copyBytes: Int64 = 5 * 1024 * 1024 * 1024
        /// Folder for files on their way from one store to another.
        public var scratch: String
        public var retry = TransferRetry()
        public var deadlines = CurlDeadlines()
        /// Who vouches for the service.
        public var trust = CurlTrust.system

        public init(scratch: String = FileManager.default.temporaryDirectory.path) { self.scratch = scratch }
    }

    var client: BucketClient
    let configuration: Configuration
    /// In front of every key: empty, or with a slash at its end.
    let prefix: String
    let threads: NIOThreadPool

    /// Objects that one request removes.
    private static let deletedAtOnce = 1000
    /// As long as S3 and OSS let a signed address be valid.
    private static let presignedSeconds = 1...7 * 24 * 60 * 60

    init(
        _ dialect: any BucketDialect,
        prefix: String,
        configuration: Configuration,
        threads: NIOThreadPool = .singleton
    ) {
        let folders = prefix.split(separator: "/").joined(separator: "/")
        self.prefix = folders.isEmpty ? "" : "\(folders)/"
        self.configuration = configuration
        self.threads = threads
        client = BucketClient(
            dialect: dialect,
            http: CurlClient(trust: configuration.trust),
            retry: configuration.retry,
            deadlines: configuration.deadlines
        )
    }

    public func put(_ key: ObjectKey, movingFile path: String) async throws {
        let file = try await threads.runIfActive { try FileDescriptor(openingSource: path) }
        let sizeBytes = try Int64(file.status().st_size)
        if sizeBytes > configuration.partsAboveBytes {
            try await putInParts(key, file: file, sizeBytes: sizeBytes)
        } else {
            try await put(key, file: file, sizeBytes: sizeBytes)
        }
        unlink(path)
    }

    public func fetch(_ key: ObjectKey, to path: String) async throws {
        var attempt = 1
        while true {
            do {
                return try await BucketFetch(store: self, key: key, path: path).run()
            } catch let error as StorageError where error.code == .damaged && attempt < configuration.retry.maxAttempts
            {
                try await Task.sleep(for: configuration.retry.pause(afterAttempt: attempt, retryAfterSeconds: nil))
                attempt += 1
            }
        }
    }

    public func get(_ key: ObjectKey, range: Range<Int64>?) async throws -> ObjectBody {
        guard let reader = try await BucketReader(store: self, key: key, range: range) else {
            // There is nothing in this range; whether there is an object says the head.
            guard try await head(key) != nil else { throw missing(key) }
            return ObjectBody(sizeBytes: 0) { { nil } }
        }
        return ObjectBody(sizeBytes: reader.sizeBytes) { { try await reader.next() } }
    }

    public func head(_ key: ObjectKey) async throws -> ObjectInfo? {
        try await headers(of: key).map { try info(key, $0) }
    }

    /// What the service says about an object; `nil` when there is none.
    func headers(of key: ObjectKey) async throws -> CurlHeaders? {
        do {
            return try await client.send(BucketRequest("HEAD", path(key)), doing: "head").headers
        } catch let error as StorageError where error.code == .notFound {
            return nil
        }
    }

    public func delete(_ keys: [ObjectKey]) async throws {
        for start in stride(from: 0, to: keys.count, by: Self.deletedAtOnce) {
            try await deleteBatch(keys[start..<min(start + Self.deletedAtOnce, keys.count)])
        }
    }

    public func put(_ key: ObjectKey, bytes: ByteBuffer) async throws {
        let digest = try await threads.runIfActive { [kinds = client.dialect.digests] in BodyDigest.of(bytes, kinds) }
        try await put(key, body: .bytes(bytes), digest: digest)
    }

    public func copy(_ source: ObjectKey, to target: ObjectKey) async throws {
        guard let before = try await headers(of: source) else { throw missing(source) }
        let info = try self.info(source, before)
        if info.sizeBytes > configuration.copyBytes {
            try await copyInParts(info, to: target)
        } else {
            let request = BucketRequest("PUT", path(target), headers: copyHeaders(source))
            try await client.send(request, doing: "copy") { try failIfError($0, doing: "copy", target) }
        }
        guard let after = try await headers(of: target), try self.info(target, after).sizeBytes == info.sizeBytes else {
            throw damaged("copy", target, "the copy has another size")
        }
        guard let one = client.dialect.digest(ofObjectWith: before),
            let other = client.dialect.digest(ofObjectWith: after)
        else { return }
        guard one.agrees(with: other) else { throw damaged("copy", target, "the copy has other bytes") }
    }

    public func presign(_ method: PresignedMethod, _ key: ObjectKey, expiresIn time: Duration) async throws -> String? {
        let seconds = Int(time.components.seconds)
        guard Self.presignedSeconds.contains(seconds) else {
            throw invalid("sign address", key, "an address is valid for 1 second to 7 days")
        }
        return client.dialect.presigned(method.rawValue, path(key), expiresInSeconds: seconds, at: Date())
    }

    /// Files that waited in the scratch folder when their process was killed.
    public func sweepStaging(olderThan age: Duration) async throws -> Int {
        let sweep = ScratchSweep(folder: configuration.scratch) { $0.hasPrefix(SpoolFile.namePrefix) }
        return try await threads.runIfActive { sweep.run(olderThan: age) }
    }

    public func checkAccess() async throws {
        try await client.send(listRequest(prefix: prefix, after: nil, atOnce: 1), doing: "check access to bucket")
    }
}

/// What the calls are made of.
extension BucketObjectStore {
    func path(_ key: ObjectKey) -> String { prefix + key.rawValue }

    func missing(_ key: ObjectKey) -> StorageError {
        StorageError(.notFound, doing: "open", subject: key.rawValue, message: "no such object")
    }

    func damaged(_ doing: String, _ key: ObjectKey, _ message: String) -> StorageError {
        StorageError(.damaged, doing: doing, subject: key.rawValue, message: message)
    }

    /// Stores bytes whose checksums are known as a whole object.
    @discardableResult
    func put(_ key: ObjectKey, body: CurlBody, digest: BodyDigest) async throws -> CurlHeaders {
        var request = BucketRequest("PUT", path(key), body: body, digest: digest)
        request.headers["Content-Type"] = ContentType.of(key)
        return try await client.send(request, doing: "put") { try confirm(digest, $0, doing: "put", key) }.headers
    }

    private func put(_ key: ObjectKey, file: FileDescriptor, sizeBytes: Int64) async throws {
        let digest = try await digest(of: file, range: 0..<sizeBytes)
        try await put(key, body: .file(path: file.path, range: 0..<sizeBytes), digest: digest)
    }

    func digest(of file: FileDescriptor, range: Range<Int64>) async throws -> BodyDigest {
        try await threads.runIfActive { [kinds = client.dialect.digests] in
            try BodyDigest.of(file, range: range, kinds)
        }
    }

    func confirm(_ digest: BodyDigest, _ answer: CurlResponse, doing: String, _ key: ObjectKey) throws {
        guard client.dialect.confirms(digest, answer.headers) != false else {
            throw damaged(doing, key, "the service stored other bytes than were sent")
        }
    }

    /// For calls that can answer 200 and an error.
    @discardableResult
    func failIfError(_ answer: CurlResponse, doing: String, _ key: ObjectKey) throws -> XMLElement {
        let document = try document(answer, doing: doing, key.rawValue)
        guard document.name != "Error" else {
            throw BucketRefusal(answer, by: client.dialect, doing: doing, subject: key.rawValue)
        }
        return document
    }

    func copyHeaders(_ source: ObjectKey) -> CurlHeaders {
        let place = PercentEncoding.encodePath("/\(client.dialect.bucket)/\(path(source))")
        return CurlHeaders([(name: "\(client.dialect.headerPrefix)copy-source", value: place)])
    }

    func info(_ key: ObjectKey, _ headers: CurlHeaders) throws -> ObjectInfo {
        guard let sizeBytes = headers["Content-Length"].flatMap({ ObjectInfo.size($0) }) else {
            throw StorageError(.system, doing: "head", subject: key.rawValue, message: "the answer has no length")
        }
        let modifiedAt = headers["Last-Modified"].flatMap(StorageTime.parse) ?? Date(timeIntervalSince1970: 0)
        return ObjectInfo(
            key: key,
            sizeBytes: sizeBytes,
            modifiedAt: modifiedAt,
            etag: (headers["ETag"] ?? "").unquoted
        )
    }

    private func deleteBatch(_ keys: ArraySlice<ObjectKey>) async throws {
        let names = keys.map { "<Object><Key>\(XMLElement.escape(path($0)))</Key></Object>" }.joined()
        let body = ByteBuffer(string: "<Delete><Quiet>false</Quiet>\(names)</Delete>")
        let digest = BodyDigest.of(body, client.dialect.digests.union(.md5))
        var request = BucketRequest("POST", query: [("delete", nil)], body: .bytes(body), digest: digest)
        request.headers["Content-Type"] = "application/xml"
        try await client.send(request, doing: "delete") { try checkDeleted(keys, $0) }
    }

    /// Not every service checks the list that it gets, so each key must be in its answer.
    private func checkDeleted(_ keys: ArraySlice<ObjectKey>, _ answer: CurlResponse) throws {
        let document = try document(answer, doing: "delete", client.dialect.bucket)
        let failures = document.all("Error").filter { $0["Code"]?.text != "NoSuchKey" }
        if let failure = failures.first {
            let subject = failure["Key"]?.text ?? ""
            throw BucketRefusal(answer, document: failure, by: client.dialect, doing: "delete", subject: subject)
        }
        let answered = Set(document.children.compactMap { $0["Key"]?.text })
        if let missing = keys.first(where: { !answered.contains(path($0)) }) {
            throw damaged("delete", missing, "the service does not say that it removed this")
        }
    }
}
