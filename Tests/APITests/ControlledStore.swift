import NIOCore
import ObjectStorage
import Synchronization

/// A store of objects, as a bucket is, that a test can take away, and whose reads of whole sources it counts and holds.
final class ControlledStore: ObjectStore {
    private struct State {
        var isAway = false
        var holdsReads = false
        var readCount = 0
        var held: [CheckedContinuation<Void, Never>] = []
    }

    let store: LocalObjectStore
    private let state = Mutex(State())

    init(_ store: LocalObjectStore) { self.store = store }

    var isAway: Bool {
        get { state.withLock { $0.isAway } }
        set { state.withLock { $0.isAway = newValue } }
    }

    /// Reads of a whole source that have begun.
    var readCount: Int { state.withLock { $0.readCount } }

    func holdReads() { state.withLock { $0.holdsReads = true } }

    func releaseReads() {
        let held = state.withLock { state in
            state.holdsReads = false
            defer { state.held = [] }
            return state.held
        }
        for reader in held { reader.resume() }
    }

    private func reach<Value>(_ body: (LocalObjectStore) async throws -> Value) async throws -> Value {
        guard !isAway else { throw StorageError(.network, doing: "reach", subject: "the store", message: "away") }
        return try await body(store)
    }

    private func read() async {
        await withCheckedContinuation { continuation in
            let isHeld = state.withLock { state in
                state.readCount += 1
                if state.holdsReads { state.held.append(continuation) }
                return state.holdsReads
            }
            if !isHeld { continuation.resume() }
        }
    }

    func get(_ key: ObjectKey, range: Range<Int64>?) async throws -> ObjectBody {
        if range == nil, key.rawValue.hasPrefix("sources/") { await read() }
        return try await reach { try await $0.get(key, range: range) }
    }
    func put(_ key: ObjectKey, movingFile path: String) async throws {
        try await reach { try await $0.put(key, movingFile: path) }
    }
    func put(_ key: ObjectKey, bytes: ByteBuffer) async throws {
        try await reach { try await $0.put(key, bytes: bytes) }
    }
    func fetch(_ key: ObjectKey, to path: String) async throws { try await reach { try await $0.fetch(key, to: path) } }
    func head(_ key: ObjectKey) async throws -> ObjectInfo? { try await reach { try await $0.head(key) } }
    func list(prefix: String) async throws -> [ObjectInfo] { try await reach { try await $0.list(prefix: prefix) } }
    func delete(_ keys: [ObjectKey]) async throws { try await reach { try await $0.delete(keys) } }
    func copy(_ source: ObjectKey, to target: ObjectKey) async throws {
        try await reach { try await $0.copy(source, to: target) }
    }
    func beginMultipart(_ key: ObjectKey) async throws -> MultipartUpload {
        try await reach { try await $0.beginMultipart(key) }
    }
    func putPart(
        _ number: Int,
        of upload: MultipartUpload,
        file path: String,
        range: Range<Int64>
    ) async throws -> MultipartPart {
        try await reach { try await $0.putPart(number, of: upload, file: path, range: range) }
    }
    func parts(of upload: MultipartUpload) async throws -> [MultipartPart] {
        try await reach { try await $0.parts(of: upload) }
    }
    func complete(_ upload: MultipartUpload, parts: [MultipartPart]) async throws -> ObjectInfo {
        try await reach { try await $0.complete(upload, parts: parts) }
    }
    func abort(_ upload: MultipartUpload) async throws { try await reach { try await $0.abort(upload) } }
    func multiparts(prefix: String) async throws -> [MultipartUpload] {
        try await reach { try await $0.multiparts(prefix: prefix) }
    }
    func presign(_ method: PresignedMethod, _ key: ObjectKey, expiresIn time: Duration) async throws -> String? {
        try await store.presign(method, key, expiresIn: time)
    }
    func checkAccess() async throws { try await reach { try await $0.checkAccess() } }
}
