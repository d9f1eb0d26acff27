public import NIOCore

/// Where the bytes of uploads and of finished videos live.
///
/// Every store behaves alike; the conformance suite in the tests says how.
/// An object is whole or not there: nobody sees a part of one. Methods throw a ``StorageError``.
public protocol ObjectStore: Sendable {
    /// Moves a file into the store, replacing the object that had this key.
    ///
    /// When it returns, the object survives a power cut; before, nobody sees
    /// any of it. On failure the file is still where it was.
    func put(_ key: ObjectKey, movingFile path: String) async throws

    /// Brings an object to a local path, which must not exist yet.
    ///
    /// The file may share its bytes with the store, so it must not be written to.
    func fetch(_ key: ObjectKey, to path: String) async throws

    /// The bytes of an object, or those of them within `range`, which is cut at the object's end.
    func get(_ key: ObjectKey, range: Range<Int64>?) async throws -> ObjectBody

    /// What is known about an object; `nil` when there is none.
    func head(_ key: ObjectKey) async throws -> ObjectInfo?

    /// Every object whose key begins with these characters, in the order of the keys.
    ///
    /// `videos/1` also finds `videos/12/…`; write `videos/1/` to mean the folder.
    func list(prefix: String) async throws -> [ObjectInfo]

    /// Removes objects. One that does not exist is no error.
    func delete(_ keys: [ObjectKey]) async throws

    /// Removes every object that `list(prefix:)` finds.
    func deleteAll(prefix: String) async throws

    /// Stores bytes that are in memory, in the same way.
    ///
    /// Bytes of a length that is not known before come through ``uploadSink(spoolFolder:)``.
    func put(_ key: ObjectKey, bytes: ByteBuffer) async throws

    /// Makes a second object of the same bytes, replacing what had the target's key.
    func copy(_ source: ObjectKey, to target: ObjectKey) async throws

    /// Starts an object that arrives in numbered parts, from any process and in any order.
    func beginMultipart(_ key: ObjectKey) async throws -> MultipartUpload

    /// Stores bytes of a file as a part, replacing the part that had this number.
    ///
    /// The number is the part's place in the object, within ``MultipartUpload/partNumbers``. All parts
    /// but the last need ``MultipartUpload/minPartBytes``.
    func putPart(
        _ number: Int,
        of upload: MultipartUpload,
        file path: String,
        range: Range<Int64>
    ) async throws -> MultipartPart

    /// The parts that are stored, by their numbers.
    func parts(of upload: MultipartUpload) async throws -> [MultipartPart]

    /// Makes an object of these parts, ordered by their numbers; the upload and its other parts are gone then.
    ///
    /// A part that was replaced since, or is not there, is a ``StorageError/Code/conflict``.
    func complete(_ upload: MultipartUpload, parts: [MultipartPart]) async throws -> ObjectInfo

    /// Removes an upload and its parts. One that does not exist is no error.
    func abort(_ upload: MultipartUpload) async throws

    /// The uploads that were begun and neither completed nor aborted, for keys with this prefix, by key.
    ///
    /// Uploads that a crash left behind may be among them.
    func multiparts(prefix: String) async throws -> [MultipartUpload]

    /// An address at which anybody may get or put this object for a time; `nil` when this store has none of its own.
    func presign(_ method: PresignedMethod, _ key: ObjectKey, expiresIn time: Duration) async throws -> String?

    /// Throws, saying why, when nothing can be stored or read right now.
    func checkAccess() async throws

    /// Removes files that writes cut off by a crash left on this machine; returns how many.
    func sweepStaging(olderThan age: Duration) async throws -> Int
}

extension ObjectStore {
    /// Nothing: for stores that keep no files on this machine.
    public func sweepStaging(olderThan age: Duration) async throws -> Int { 0 }

    /// The same for what is older than a day.
    public func sweepStaging() async throws -> Int { try await sweepStaging(olderThan: .seconds(24 * 60 * 60)) }

    public func deleteAll(prefix: String) async throws {
        try await delete(list(prefix: prefix).map(\.key))
    }
}

/// What a presigned address may be used for.
public enum PresignedMethod: String, Sendable {
    case get = "GET"
    case put = "PUT"
}
