import Crypto
import Foundation
import NIOCore
import ObjectStorage
import Testing

/// What every store must do.
///
/// Each backend's suite runs all of it, each check on keys of its own:
///
///     @Test(arguments: ObjectStoreConformance.checks)
///     func conforms(to check: ConformanceCheck) async throws {
///         try await check.run(ObjectStoreConformance(store: store, folder: folder))
///     }
struct ObjectStoreConformance: Sendable {
    let store: any ObjectStore
    /// Where the store's user keeps files.
    let folder: TemporaryFolder
    /// Who uses signed addresses.
    var http = CurlClient()

    static let checks: [ConformanceCheck] = objectChecks + listingChecks + writeChecks + multipartChecks
}

/// One of the things, by its name in reports.
struct ConformanceCheck: Sendable, CustomTestStringConvertible {
    let name: String
    let run: @Sendable (ObjectStoreConformance) async throws -> Void

    init(_ name: String, _ run: @escaping @Sendable (ObjectStoreConformance) async throws -> Void) {
        self.name = name
        self.run = run
    }

    var testDescription: String { name }
}

/// What the checks are made of.
extension ObjectStoreConformance {
    /// Bytes that differ from place to place and from seed to seed.
    static func bytes(_ count: Int, seed: Int = 0) -> [UInt8] {
        var generator = SplitMix(state: UInt64(seed))
        return [UInt8](unsafeUninitializedCapacity: count + 8) { memory, filled in
            let raw = UnsafeMutableRawBufferPointer(memory)
            for offset in stride(from: 0, to: count, by: 8) {
                raw.storeBytes(of: generator.next(), toByteOffset: offset, as: UInt64.self)
            }
            filled = count
        }
    }

    static func sha256(_ bytes: [UInt8]) -> [UInt8] { Array(SHA256.hash(data: Data(bytes))) }

    /// A new file of these bytes.
    func file(_ bytes: [UInt8]) throws -> String { try folder.file("file-\(UUID().uuidString)", bytes) }

    func put(_ key: String, _ bytes: [UInt8]) async throws {
        try await store.put(ObjectKey(key), movingFile: file(bytes))
    }

    func get(_ key: String, _ range: Range<Int64>? = nil) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        for try await buffer in try await store.get(ObjectKey(key), range: range) {
            bytes += Array(buffer.readableBytesView)
        }
        return bytes
    }

    func keys(_ prefix: String) async throws -> [String] {
        try await store.list(prefix: prefix).map(\.key.rawValue)
    }

    /// Runs something that must fail; tells with what code.
    func failure(of action: () async throws -> Void) async -> StorageError.Code? {
        await #expect(throws: StorageError.self) { try await action() }?.code
    }
}

/// A generator that gives the same numbers for the same seed.
private struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
