import NIOCore

/// The bytes of an object, or of a range of it, from the network.
///
/// When the connection breaks in the middle, another one goes on where it did, as long as
/// the object is still the same. What comes is counted, and a whole object is compared with the
/// service's checksum.
///
/// Unchecked because it changes: one iterator uses it, which asks for a piece after the one before has come.
final class BucketReader: @unchecked Sendable {
    /// How many bytes come in all.
    let sizeBytes: Int64
    private let store: BucketObjectStore
    private let key: ObjectKey
    private let etag: String?
    private var rest: Range<Int64>
    private var stream: CurlStream?
    private var failures = 0
    /// What came since the last failure.
    private var progressBytes = 0
    /// Who brings so much between two failures is no service that is gone.
    private static let minProgressBytes = 1024 * 1024
    private var digest: RunningDigest
    private let expected: BodyDigest?

    /// `nil` when the range has nothing of the object, or there is no object.
    init?(store: BucketObjectStore, key: ObjectKey, range: Range<Int64>?) async throws {
        guard range?.isEmpty != true else { return nil }
        let first = try await Self.open(store, key, from: range?.lowerBound ?? 0, to: range?.upperBound, etag: nil)
        guard let first else { return nil }
        self.store = store
        self.key = key
        stream = first.stream
        rest = first.range
        sizeBytes = Int64(first.range.count)
        etag = first.stream.headers["ETag"]
        let isWhole = rest.lowerBound == 0 && rest.upperBound == first.total
        expected = isWhole ? store.client.dialect.digest(ofObjectWith: first.stream.headers) : nil
        digest = RunningDigest(expected?.kinds ?? [])
    }

    /// The next bytes; `nil` when all have come and are the right ones.
    func next() async throws -> ByteBuffer? {
        while true {
            do {
                guard let piece = try await openStream().next() else { return try finish() }
                return try count(piece)
            } catch let error as CurlError {
                try await recover(from: error)
            }
        }
    }

    private func count(_ piece: ByteBuffer) throws -> ByteBuffer {
        guard piece.readableBytes <= rest.count else { throw store.damaged("get", key, "more bytes came than it has") }
        rest = (rest.lowerBound + Int64(piece.readableBytes))..<rest.upperBound
        piece.withUnsafeReadableBytes { digest.update($0) }
        progressBytes += piece.readableBytes
        if progressBytes >= Self.minProgressBytes { failures = 0 }
        return piece
    }

    private func finish() throws -> ByteBuffer? {
        guard rest.isEmpty else { throw store.damaged("get", key, "\(rest.count) bytes did not come") }
        guard let expected else { return nil }
        guard digest.finish().agrees(with: expected) else {
            throw store.damaged("get", key, "other bytes came than were stored")
        }
        return nil
    }

    private func recover(from error: CurlError) async throws {
        stream = nil
        (failures, progressBytes) = (failures + 1, 0)
        let retry = store.configuration.retry
        guard error.isTransient, failures < retry.maxAttempts else {
            throw store.client.storageError(error, doing: "get", subject: key.rawValue)
        }
        try await Task.sleep(for: retry.pause(afterAttempt: failures, retryAfterSeconds: nil))
    }

    private func openStream() async throws -> CurlStream {
        if let stream { return stream }
        let (start, end) = (rest.lowerBound, rest.upperBound)
        let opened = try await Self.open(store, key, from: start, to: end, etag: etag, isAgain: true)
        guard let opened, opened.range == rest else {
            throw store.damaged("get", key, "the object became shorter while it was read")
        }
        stream = opened.stream
        return opened.stream
    }
}

/// Asking for bytes.
extension BucketReader {
    private struct Opened {
        let stream: CurlStream
        let range: Range<Int64>
        /// The length of the whole object.
        let total: Int64
    }

    /// Always as a range: the answer then says twice how long it is, which must agree.
    private static func open(
        _ store: BucketObjectStore,
        _ key: ObjectKey,
        from start: Int64,
        to end: Int64?,
        etag: String?,
        isAgain: Bool = false
    ) async throws -> Opened? {
        var request = BucketRequest("GET", store.path(key))
        request.headers["Range"] = "bytes=\(start)-" + (end.map { String($0 - 1) } ?? "")
        request.headers["If-Match"] = etag
        request.wantsNewConnection = isAgain
        do {
            return try await store.client.open(request, doing: "get") {
                try accept($0, store, key, start: start, end: end)
            }
        } catch let error as StorageError where error.service?.status == 416 {
            return nil
        }
    }

    private static func accept(
        _ stream: CurlStream,
        _ store: BucketObjectStore,
        _ key: ObjectKey,
        start: Int64,
        end: Int64?
    ) throws -> Opened? {
        // The status is 206, or 200 from services that do not know better.
        guard let answered = contentRange(stream.headers["Content-Range"]) else {
            // A service may answer with the whole object when that is what was asked for.
            return try whole(stream, store, key, start: start, end: end)
        }
        guard start <= min(end ?? answered.total, answered.total) else {
            throw store.damaged("get", key, "the answer announces other bytes than were asked for")
        }
        let wanted = start..<min(end ?? answered.total, answered.total)
        let length = stream.headers["Content-Length"].flatMap { Int64($0) } ?? Int64(wanted.count)
        guard answered.range == wanted, length == wanted.count else {
            throw store.damaged("get", key, "the answer announces other bytes than were asked for")
        }
        return Opened(stream: stream, range: wanted, total: answered.total)
    }

    private static func whole(
        _ stream: CurlStream,
        _ store: BucketObjectStore,
        _ key: ObjectKey,
        start: Int64,
        end: Int64?
    ) throws -> Opened? {
        guard stream.status == 200, start == 0,
            let total = stream.headers["Content-Length"].flatMap({ ObjectInfo.size($0) }),
            (end ?? total) >= total
        else { throw store.damaged("get", key, "the answer is not the range that was asked for") }
        return total == 0 ? nil : Opened(stream: stream, range: 0..<total, total: total)
    }

    /// As in `bytes 0-9/1234`.
    private static func contentRange(_ text: String?) -> (range: Range<Int64>, total: Int64)? {
        guard let text, text.hasPrefix("bytes ") else { return nil }
        let numbers = text.dropFirst(6).split { $0 == "-" || $0 == "/" }.map { Int64($0) }
        guard numbers.count == 3, let first = numbers[0], let last = numbers[1], let total = numbers[2], 0 <= first,
            first <= last, last < total
        else { return nil }
        return (first..<last + 1, total)
    }
}
