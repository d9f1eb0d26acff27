public import NIOCore

/// Where the bytes of an upload go that may come in any number of requests, to any number of processes.
///
/// What a sink must keep in mind between two requests it hands out with each mark, as a text that its caller keeps
/// beside the offset.
public protocol UploadSink: Sendable {
    /// Goes on with an upload where its last mark is.
    ///
    /// The hash is of everything before the mark, if the caller has it; it goes on with what is written.
    ///
    /// - Throws: a ``StorageError`` with the code `.locked` while another process still writes to it.
    func resume(_ place: UploadPlace, hash: UploadHash?) async throws -> any UploadWriter

    /// Makes an object of what was written, which is all of it: `place.offset` bytes.
    ///
    /// It may be called again if nobody knows whether it succeeded.
    func finish(_ place: UploadPlace) async throws

    /// Removes whatever there is of an upload, the object that it became included.
    func discard(_ place: UploadPlace) async throws

    /// The uploads that have bytes here which have not changed lately.
    func leftovers() async throws -> [String]

    /// Removes the bytes of an upload that nobody knows any more, but no object.
    func discardLeftover(_ id: String) async throws
}

extension ObjectStore {
    /// Where this store takes uploads; parts wait in `spoolFolder` if it takes only whole ones.
    public func uploadSink(spoolFolder: String) -> any UploadSink {
        if let local = self as? LocalObjectStore { return StagedUploads(local) }
        return MultipartUploads(self, spoolFolder: spoolFolder)
    }
}

/// One upload, as a sink needs to know it.
public struct UploadPlace: Sendable {
    /// Letters and digits, and nobody else's.
    public var id: String
    /// The object that it becomes.
    public var key: ObjectKey
    /// How long it can become at most.
    public var maxBytes: Int64
    /// How many writers were relieved before they had ended: what those still write must not be taken for ours.
    public var takeovers: Int
    /// Where the last mark is, and what the sink said then.
    public var offset: Int64
    public var state: String?
    /// Whether all of it comes in one request, with which nobody goes on.
    public var comesAtOnce: Bool

    public init(
        id: String,
        key: ObjectKey,
        maxBytes: Int64,
        takeovers: Int,
        offset: Int64,
        state: String?,
        comesAtOnce: Bool = false
    ) {
        self.comesAtOnce = comesAtOnce
        self.id = id
        self.key = key
        self.maxBytes = maxBytes
        self.takeovers = takeovers
        self.offset = offset
        self.state = state
    }
}

/// How much of an upload would survive the end of this process.
public struct UploadMark: Sendable, Equatable {
    /// How much a caller may write beyond the last mark that it has kept.
    public static let maxLagBytes: Int64 = 64 << 20

    public var offset: Int64
    public var state: String?

    public init(offset: Int64, state: String?) {
        self.offset = offset
        self.state = state
    }
}

/// Takes the bytes of one request; used by one task, but for `mark`.
public protocol UploadWriter: AnyObject, Sendable {
    func write(_ bytes: ByteBuffer) async throws

    /// How much is safe by now; may be asked while another task writes.
    func mark() async throws -> UploadMark

    /// Makes all that was written safe; `isLast` if the upload is whole now.
    func flush(isLast: Bool) async throws -> UploadMark

    /// Removes what nobody needs now that the mark of the last `flush` was recorded, or never will be.
    func settle(isRecorded: Bool) async

    /// Lets the next one write, whether all was flushed or not; removes what no mark has named.
    func close() async
}

extension UploadWriter {
    public func settle(isRecorded: Bool) async {}
}
