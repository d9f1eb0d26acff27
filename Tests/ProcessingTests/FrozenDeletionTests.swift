import Database
import Domain
import Foundation
import Glibc
import NIOCore
import ObjectStorage
import Postgres
import TestSupport
import Testing

@testable import Processing

/// Workers that stand still in the middle of a deletion, and go on when the world has moved.
@Suite struct FrozenDeletionTests {
    /// A worker is stopped when it has listed what earlier attempts left; another publishes; then it goes on.
    @Test(.timeLimit(.minutes(10))) func aWorkerThatWakesInItsCleanUpLeavesWhatWasPublishedWhole() async throws {
        try await withPlace { place in
            let program = try StubProgram(in: place.folder)
            let id = try await place.upload()
            try await place.work(["probe": 1, "first": 1], program: program.path) {
                try await place.videos.source(of: id)?.mediaPrefix != nil
            }
            // What the frozen worker has seen of the folder is more than it may delete.
            let worker = try FrozenWorker(place, program)
            #expect(try await worker.nextLine() == "listing")
            try await worker.freeze()
            try await place.work(["transcode": 1], program: program.path) {
                try await place.videos.source(of: id)?.isComplete == true
            }
            let published = try await place.keys("videos/")
            worker.wake()
            #expect(try await worker.nextLine() == "cleaned")
            worker.kill()
            #expect(Set(try await place.keys("videos/")).isSuperset(of: published))
            #expect(try await place.check.run().missing == [])
        }
    }

    /// A listing that is older than a publication, as the store answers it: at every place among leases.
    @Test func aSweepDeletesSmallerLeasesOnlyAndNeverWhatIsShown() async throws {
        try await withPlace { place in
            let leases = [3, 4, 5, 6, 7, 40]
            for lease in leases { try await place.put("videos/12/\(lease)/play.mp4") }
            for key in ["videos/12/none/play.mp4", "videos/12/play.mp4", "videos/123/1/play.mp4"] {
                try await place.put(key)
            }
            // Published while the list was on its way.
            let store = InterleavingStore(store: place.store) { try? await place.put("videos/12/8/play.mp4") }
            try await AttemptFolders(store: store, path: "videos/12").sweep(leasesBelow: 6, keeping: "videos/12/4")
            let kept = ["4", "40", "6", "7", "8", "none"].map { "videos/12/\($0)/play.mp4" }
            let expected = kept + ["videos/12/play.mp4", "videos/123/1/play.mp4"]
            #expect(try await place.keys("videos/").sorted() == expected.sorted())
        }
    }

    @Test(.timeLimit(.minutes(5))) func whatIsShownIsNotRetiredHoweverOldTheJobIs() async throws {
        try await withPlace { place in
            let id = try await place.upload()
            try await place.publish(id)
            for (prefix, below) in [("videos/\(id)/5", nil), ("videos/\(id)", 5)] as [(String, Int64?)] {
                try await place.pool.withTransaction {
                    try await place.videos.retire(prefix, of: place.author, after: .zero, leasesBelow: below, in: $0)
                }
            }
            try await place.put("videos/\(id)/4/play.mp4")
            try await place.work { try await place.hasNoUpkeep() }
            let published = StubProgram.files.map { "videos/\(id)/5/\($0)" }
            #expect(try await place.keys("videos/") == published.sorted())
        }
    }

    /// A video is removed, and the check is held, between what it reads; nothing that is shown is taken for an orphan.
    @Test func aCheckThatIsHeldInItsListingDeletesNothingThatWasPublishedMeanwhile() async throws {
        try await withPlace { place in
            let id = try await place.upload()
            let store = InterleavingStore(store: place.store) {
                // An attempt of another worker writes and publishes, all within one listing.
                try? await place.publish(id, lease: 9)
            }
            let check = StorageCheck(inventory: StorageInventory(place.pool), store: store)
            _ = try await check.run(repairingBefore: Date().addingTimeInterval(3600))
            #expect(try await place.keys("videos/").count == 3)
            #expect(try await place.check.run().isClean)
        }
    }
}

/// A store in which something happens between a listing and what is done with it.
struct InterleavingStore: ObjectStore {
    let store: LocalObjectStore
    let interleave: @Sendable () async -> Void

    func list(prefix: String) async throws -> [ObjectInfo] {
        await interleave()
        let objects = try await store.list(prefix: prefix)
        await interleave()
        return objects
    }

    func delete(_ keys: [ObjectKey]) async throws { try await store.delete(keys) }
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

/// The process `processing-test-worker`.
private final class FrozenWorker: Sendable {
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()

    init(_ place: Place, _ program: StubProgram) throws {
        let folder = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        process.executableURL = folder.appending(path: "processing-test-worker")
        process.arguments = [place.pool.configuration.conninfo, place.folder, program.path, "400"]
        process.standardInput = input
        process.standardOutput = output
        try process.run()
    }

    deinit { kill() }

    /// Blocks on a thread of its own.
    func nextLine() async throws -> String {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Result { try self.readLine() }) }
        }
    }

    private func readLine() throws -> String {
        var line = ""
        while let byte = try output.fileHandleForReading.read(upToCount: 1)?.first, byte != UInt8(ascii: "\n") {
            line.append(Character(UnicodeScalar(byte)))
        }
        return line
    }

    /// Stops the process, and waits until each of its threads has stopped.
    func freeze() async throws {
        _ = Glibc.kill(process.processIdentifier, SIGSTOP)
        let threads = "/proc/\(process.processIdentifier)/task"
        try await eventually {
            try FileManager.default.contentsOfDirectory(atPath: threads).allSatisfy { thread in
                try String(contentsOfFile: "\(threads)/\(thread)/stat", encoding: .utf8).contains(") T ")
            }
        }
    }

    func wake() {
        try? input.fileHandleForWriting.write(contentsOf: Data("\n".utf8))
        _ = Glibc.kill(process.processIdentifier, SIGCONT)
    }

    func kill() { _ = Glibc.kill(process.processIdentifier, SIGKILL) }
}
