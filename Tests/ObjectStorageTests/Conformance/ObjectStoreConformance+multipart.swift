import Foundation
import ObjectStorage
import Testing

/// Objects in parts.
extension ObjectStoreConformance {
    static let multipartChecks = [
        ConformanceCheck("parts in any order become an object") { try await $0.partsInAnyOrderBecomeAnObject() },
        ConformanceCheck("an upload goes on from its listed parts") { try await $0.anUploadGoesOnFromItsListedParts() },
        ConformanceCheck("a part can be replaced") { try await $0.aPartCanBeReplaced() },
        ConformanceCheck("an upload that is aborted is gone") { try await $0.anUploadThatIsAbortedIsGone() },
        ConformanceCheck("an upload ends once") { try await $0.anUploadEndsOnce() },
        ConformanceCheck("abandoned uploads are found and swept") { try await $0.abandonedUploadsAreFoundAndSwept() },
        ConformanceCheck("impossible parts are refused") { try await $0.impossiblePartsAreRefused() },
        ConformanceCheck("an upload that was never begun is not found") { try await $0.anUnknownUploadIsNotFound() },
    ]

    private static let partBytes = Int(MultipartUpload.minPartBytes)

    private func putPart(_ number: Int, of upload: MultipartUpload, _ bytes: [UInt8]) async throws -> MultipartPart {
        let path = try file(bytes)
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try await store.putPart(number, of: upload, file: path, range: 0..<Int64(bytes.count))
    }

    func partsInAnyOrderBecomeAnObject() async throws {
        let bytes = Self.bytes(2 * Self.partBytes + 77)
        let path = try file(bytes)
        let upload = try await store.beginMultipart(ObjectKey("parts/order"))
        var parts: [MultipartPart] = []
        // Numbers may be left out; the ranges are those of one file.
        for (number, index) in [(9, 2), (1, 0), (4, 1)] {
            let start = index * Self.partBytes
            let range = Int64(start)..<Int64(min(start + Self.partBytes, bytes.count))
            let part = try await store.putPart(number, of: upload, file: path, range: range)
            #expect(part.number == number && part.sizeBytes == Int64(range.count))
            parts.append(part)
        }
        #expect(try await store.head(upload.key) == nil)
        #expect(try await keys("parts/order") == [])
        let info = try await store.complete(upload, parts: parts)
        #expect(info.key == upload.key && info.sizeBytes == Int64(bytes.count))
        #expect(try await store.head(upload.key)?.etag == info.etag)
        #expect(try await Self.sha256(get("parts/order")) == Self.sha256(bytes))
        #expect(try await store.multiparts(prefix: "parts/order") == [])
    }

    func anUploadGoesOnFromItsListedParts() async throws {
        let bytes = Self.bytes(2 * Self.partBytes + 1, seed: 3)
        let pieces = [
            bytes[..<Self.partBytes], bytes[Self.partBytes..<2 * Self.partBytes], bytes[(2 * Self.partBytes)...],
        ]
        let begun = try await store.beginMultipart(ObjectKey("parts/resumed"))
        // All that a process which goes on need know.
        let upload = MultipartUpload(key: begun.key, id: begun.id, startedAt: .distantPast)
        #expect(try await store.parts(of: upload) == [])
        var put: [MultipartPart] = []
        for (index, piece) in pieces.enumerated() {
            put.append(try await putPart(index + 1, of: upload, Array(piece)))
            let listed = try await store.parts(of: upload)
            #expect(listed.map(\.number) == Array(1...index + 1))
            #expect(listed.map(\.etag) == put.map(\.etag) && listed.map(\.sizeBytes) == put.map(\.sizeBytes))
        }
        let info = try await store.complete(upload, parts: store.parts(of: upload))
        #expect(info.sizeBytes == Int64(bytes.count))
        #expect(try await Self.sha256(get("parts/resumed")) == Self.sha256(bytes))
    }

    func aPartCanBeReplaced() async throws {
        let upload = try await store.beginMultipart(ObjectKey("parts/replaced"))
        let old = try await putPart(1, of: upload, Self.bytes(400, seed: 1))
        let new = try await putPart(1, of: upload, Self.bytes(300, seed: 2))
        #expect(old.etag != new.etag)
        #expect(try await store.parts(of: upload).map(\.sizeBytes) == [300])
        #expect(await failure { _ = try await store.complete(upload, parts: [old]) } == .conflict)
        let absent = MultipartPart(number: 2, sizeBytes: 300, etag: new.etag)
        #expect(await failure { _ = try await store.complete(upload, parts: [new, absent]) } == .conflict)
        #expect(try await store.head(upload.key) == nil)
        _ = try await store.complete(upload, parts: [new])
        #expect(try await get("parts/replaced") == Self.bytes(300, seed: 2))
    }

    func anUploadThatIsAbortedIsGone() async throws {
        let upload = try await store.beginMultipart(ObjectKey("parts/aborted"))
        let part = try await putPart(1, of: upload, [1, 2, 3])
        try await store.abort(upload)
        try await store.abort(upload)
        #expect(await failure { _ = try await store.parts(of: upload) } == .notFound)
        #expect(await failure { _ = try await putPart(2, of: upload, [1]) } == .notFound)
        #expect(await failure { _ = try await store.complete(upload, parts: [part]) } == .notFound)
        #expect(try await store.head(upload.key) == nil)
        #expect(try await store.multiparts(prefix: "parts/aborted") == [])
    }

    func anUploadEndsOnce() async throws {
        let upload = try await store.beginMultipart(ObjectKey("parts/once"))
        let part = try await putPart(1, of: upload, [1, 2, 3])
        _ = try await store.complete(upload, parts: [part])
        try await store.abort(upload)
        #expect(try await get("parts/once") == [1, 2, 3])
        #expect(try await store.multiparts(prefix: "parts/once") == [])
    }

    func abandonedUploadsAreFoundAndSwept() async throws {
        let before = Date().addingTimeInterval(-5)
        let keys = ["parts/left/b", "parts/left/a", "parts/left/c/d", "parts/left-over"]
        for key in keys {
            let upload = try await store.beginMultipart(ObjectKey(key))
            if key != keys[0] { _ = try await putPart(1, of: upload, [1]) }
        }
        let found = try await store.multiparts(prefix: "parts/left/")
        #expect(found.map(\.key.rawValue) == ["parts/left/a", "parts/left/b", "parts/left/c/d"])
        #expect(found.allSatisfy { $0.startedAt > before && $0.startedAt < Date().addingTimeInterval(5) })
        for upload in found { try await store.abort(upload) }
        #expect(try await store.multiparts(prefix: "parts/left/") == [])
        #expect(try await store.multiparts(prefix: "parts/left-over").count == 1)
    }

    func impossiblePartsAreRefused() async throws {
        let upload = try await store.beginMultipart(ObjectKey("parts/impossible"))
        let path = try file([1, 2, 3])
        for number in [0, -1, 10_001] {
            #expect(
                await failure { _ = try await store.putPart(number, of: upload, file: path, range: 0..<3) } == .invalid
            )
        }
        #expect(await failure { _ = try await store.putPart(1, of: upload, file: path, range: 0..<4) } == .invalid)
        #expect(await failure { _ = try await store.complete(upload, parts: []) } == .invalid)
        let part = try await store.putPart(10_000, of: upload, file: path, range: 1..<3)
        #expect(await failure { _ = try await store.complete(upload, parts: [part, part]) } == .invalid)
        _ = try await store.complete(upload, parts: [part])
        #expect(try await get("parts/impossible") == [2, 3])
    }

    func anUnknownUploadIsNotFound() async throws {
        let key = try ObjectKey("parts/unknown")
        for id in ["0123456789ABCDEF0123456789ABCDEF", "abc", "../x", "a/b"] {
            let upload = MultipartUpload(key: key, id: id, startedAt: Date())
            #expect(await failure { _ = try await store.parts(of: upload) } == .notFound, "\(id)")
            #expect(await failure { _ = try await putPart(1, of: upload, [1]) } == .notFound, "\(id)")
            try await store.abort(upload)
        }
        let begun = try await store.beginMultipart(key)
        let other = MultipartUpload(key: try ObjectKey("parts/other"), id: begun.id, startedAt: begun.startedAt)
        #expect(await failure { _ = try await store.parts(of: other) } == .notFound)
        try await store.abort(begun)
    }
}
