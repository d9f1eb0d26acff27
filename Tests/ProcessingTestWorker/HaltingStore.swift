import Foundation
import NIOCore
import ObjectStorage

/// A local store whose listings are held until standard input says so.
struct HaltingStore: ObjectStore {
    let store: LocalObjectStore

    func list(prefix: String) async throws -> [ObjectInfo] {
        let objects = try await store.list(prefix: prefix)
        ProcessingTestWorker.say("listing")
        // On a thread of its own, as a frozen terminal or pipe blocks it.
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                _ = readLine()
                continuation.resume()
            }
        }
        return objects
    }

    func deleteAll(prefix: String) async throws {
        try await store.deleteAll(prefix: prefix)
        ProcessingTestWorker.say("cleaned")
    }

    // A frozen process does not see that its task is cancelled either.
    func delete(_ keys: [ObjectKey]) async throws { try await Task { try await store.delete(keys) }.value }

    func put(_ key: ObjectKey, movingFile path: String) async throws { try await store.put(key, movingFile: path) }
    func fetch(_ key: ObjectKey, to path: String) async throws { try await store.fetch(key, to: path) }
    func get(_ key: ObjectKey, range: Range<Int64>?) async throws -> ObjectBody {
        try await store.get(key, range: range)
    }
    func head(_ key: ObjectKey) async throws -> ObjectInfo? { try await store.head(key) }
    func put(_ key: ObjectKey, bytes: ByteBuffer) async throws { try await store.put(key, bytes: bytes) }
    func copy(_ source: ObjectKey, to target: ObjectKey) async throws { try await store.copy(source, to: target) }
    func beginMultipart(_ key: ObjectKey) async throws -> MultipartUpload { try await store.beginMultipart(key) }
    func putPart(
        _ number: Int,
        of upload: MultipartUpload,
        file path: String,
        range: Range<Int64>
    ) async throws -> MultipartPart { try await store.putPart(number, of: upload, file: path, range: range) }
    func parts(of upload: MultipartUpload) async throws -> [MultipartPart] { try await store.parts(of: upload) }
    func complete(_ upload: MultipartUpload, parts: [MultipartPart]) async throws -> ObjectInfo {
        try await store.complete(upload, parts: parts)
    }
    func abort(_ upload: MultipartUpload) async throws { try await store.abort(upload) }
    func multiparts(prefix: String) async throws -> [MultipartUpload] { try await store.multiparts(prefix: prefix) }
    func presign(_ method: PresignedMethod, _ key: ObjectKey, expiresIn time: Duration) async throws -> String? {
        try await store.presign(method, key, expiresIn: time)
    }
    func checkAccess() async throws { try await store.checkAccess() }
}
