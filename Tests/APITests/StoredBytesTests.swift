import Database
import Foundation
import HTTPTypes
import HummingbirdTesting
import Synchronization
import TestSupport
import Testing

@testable import API

/// Bytes that a creator's uploads take in the store, counted there and not in the database, whatever they do at once.
@Suite struct StoredBytesTests {
    private static let quota: Int64 = 12_000_000
    /// What is not known to be room for a part yet.
    private static let blockBytes: Int64 = 1 << 20

    /// What is in a folder, of files that come and go while this looks.
    private func storedBytes(_ folder: String) -> Int64 {
        let names = FileManager.default.enumerator(atPath: folder)?.allObjects as? [String] ?? []
        return names.reduce(0) { sum, name in
            let url = URL(filePath: "\(folder)/\(name)")
            let values = try? url.resourceValues(forKeys: [.isRegularFileKey, .fileSizeKey])
            return values?.isRegularFile == true ? sum + Int64(values?.fileSize ?? 0) : sum
        }
    }

    private func withCrowd(inParts: Bool, _ test: @Sendable (TestAPI, UploadCrowd) async throws -> Void) async throws {
        let stores = Stores()
        let quota = UploadQuota(bytesPerDay: Self.quota)
        let dice = Dice(seed: Random.seed())
        try await withAPI(wrapping: { inParts ? stores.make($0) : $0 }, configure: { $0.uploadQuota = quota }) {
            (api) async throws in
            let token = try await api.register("ada").token
            try await test(api, UploadCrowd(tus: TusClient(api: api, token: token), dice: dice))
        }
    }

    @Test func noInterleavingStoresMoreThanTheQuota() async throws {
        try await withCrowd(inParts: false) { api, crowd in
            let watching = Task {
                var most: Int64 = 0
                while !Task.isCancelled {
                    most = max(most, storedBytes(api.folder))
                    try? await Task.sleep(for: .milliseconds(2))
                }
                return max(most, storedBytes(api.folder))
            }
            defer { watching.cancel() }
            try await crowd.run(members: 6, steps: 20)
            watching.cancel()
            let most = await watching.value
            #expect(most <= Self.quota + Self.blockBytes)
            // Else this says nothing.
            #expect(most > Self.quota / 10)
        }
    }

    /// A store of objects keeps what is no whole part as an object of its own, however many requests it came in.
    @Test func theSameHoldsForAStoreOfParts() async throws {
        try await withCrowd(inParts: true) { api, crowd in
            for _ in 1...4 {
                try await crowd.run(members: 4, steps: 8)
                #expect(storedBytes(api.folder) <= Self.quota + Self.blockBytes)
            }
            #expect(storedBytes(api.folder) > Self.quota / 10)
        }
    }
}

/// Clients of one creator, of whom each does one thing after the other, by chance.
private final class UploadCrowd: Sendable {
    private let tus: TusClient
    private let dice: Dice
    private let open = Mutex([String]())
    private let parts = Mutex([String]())

    init(tus: TusClient, dice: Dice) { (self.tus, self.dice) = (tus, dice) }

    func run(members: Int, steps: Int) async throws {
        try await withThrowingTaskGroup { group in
            for _ in 0..<members {
                group.addTask { for _ in 0..<steps { try await self.step() } }
            }
            try await group.waitForAll()
        }
    }

    /// Refusals are what the quota is there for.
    private func step() async throws {
        switch dice.roll(0...9) {
        case 0, 1: try await upload(isDeferred: false, [:])
        case 2, 3: try await upload(isDeferred: true, [:])
        case 4, 5: try await upload(isDeferred: dice.roll(0...1) == 0, [.uploadConcat: "partial"])
        case 6: try await join()
        case 7: if let address = pick(open) { _ = try await tus.send(.delete, address) }
        case 8: if let address = pick(parts) { _ = try await tus.send(.delete, address) }
        default: _ = try await tus.api.publish(Clip.make(size: size()), token: tus.token)
        }
    }

    private func size() -> Int { dice.roll(100_000...2_000_000) }

    /// In several requests, of which the last may be missing.
    private func upload(isDeferred: Bool, _ more: HTTPFields) async throws {
        let size = size()
        let headers = TusClient.creation(length: isDeferred ? nil : size, title: "A title", more)
        let created = try await tus.send(.post, "/api/v1/uploads", headers)
        guard created.status == .created, let address = created.headers[.location] else { return }
        open.withLock { $0.append(address) }
        let bytes = Clip.make(size: size)
        let (step, end) = (size / dice.roll(1...8) + 1, dice.roll(0...2) == 0 ? size / 2 : size)
        for start in stride(from: 0, to: end, by: step) {
            let stop = min(end, start + step)
            let length: HTTPFields = isDeferred && stop == size ? [.uploadLength: "\(size)"] : [:]
            let sent = try await tus.patch(address, at: start, bytes[start..<stop], length)
            guard sent.status == .noContent else { return }
        }
        if end == size, more[.uploadConcat] != nil { parts.withLock { $0.append(address) } }
    }

    private func join() async throws {
        let names = Set([pick(parts), pick(parts)].compactMap(\.self))
        var headers: HTTPFields = [.uploadConcat: "final;\(names.joined(separator: " "))"]
        headers[.uploadMetadata] = TusClient.metadata([("title", "Joined")])
        _ = try await tus.send(.post, "/api/v1/uploads", headers)
    }

    private func pick(_ list: borrowing Mutex<[String]>) -> String? {
        list.withLock { $0.isEmpty ? nil : $0[dice.roll(0...($0.count - 1))] }
    }
}
