import Crypto
import Database
import Domain
import Foundation
import Jobs
import ObjectStorage
import Postgres
import TestSupport
import Testing

@testable import Processing

/// Videos of the same bytes, while they are published, encoded and removed in any order.
@Suite struct SharedMediaTests {
    private static let slots = ["probe": 1, "first": 1, "transcode": 2, "upkeep": 2]

    @Test(.timeLimit(.minutes(5))) func erasingOneLeavesWhatAnotherShows() async throws {
        try await withPlace { place in
            let program = try StubProgram(in: place.folder)
            let first = try await place.receive("First")
            try await place.work(Self.slots, program: program.path) { try await place.isComplete(first) }
            let second = try await place.receive("Second")
            // Playable at once, and nothing of its own in the store.
            #expect(try await place.isComplete(second))
            #expect(try await place.keys().allSatisfy { !$0.contains("/\(second)/") })
            #expect(try await place.videos.remove(first))
            try await place.work(Self.slots, program: program.path) { try await place.hasNoUpkeep() }
            #expect(try await place.check.run(comparesChecksums: true).isClean)
            #expect(try await place.keys("videos/").count == 3)
            let count: SQL = "SELECT count(*) FROM videos WHERE id = \(first)"
            #expect(try await place.pool.first(count, as: Int.self) == 0)
            // A third still finds it, and with the last of them everything goes.
            let third = try await place.receive("Third")
            #expect(try await place.isComplete(third))
            for id in [second, third] { #expect(try await place.videos.remove(id)) }
            try await place.work(Self.slots, program: program.path) { try await place.hasNoUpkeep() }
            #expect(try await place.keys() == [])
            #expect(try await place.pool.first("SELECT count(*) FROM media", as: Int.self) == 0)
        }
    }

    @Test(.timeLimit(.minutes(5))) func theOneWhoseUploadItWasMayGoBeforeALongVideoIsMade() async throws {
        try await withPlace { place in
            let program = try StubProgram(in: place.folder)
            try program.setPieces(3)
            let first = try await place.receive("First")
            let second = try await place.receive("Second")
            #expect(try await place.videos.remove(first))
            try await place.work(Self.slots, program: program.path) {
                let isQuiet = try await place.hasNoUpkeep()
                return try await place.isComplete(second) && isQuiet
            }
            #expect(try await place.check.run().isClean)
            #expect(try await place.keys("chunks/") == [])
        }
    }

    /// Uploads, removals, a worker and the check, all at once; the dice are printed.
    @Test(.timeLimit(.minutes(15)), arguments: [UInt64.random(in: 0 ... .max), 1, 2]) func inAnyOrder(seed: UInt64)
        async throws
    {
        print("SharedMediaTests seed \(seed)")
        try await withPlace { place in
            let program = try StubProgram(in: place.folder)
            let isDone = Flag()
            try await place.work(Self.slots, program: program.path) {
                if !isDone.isSet {
                    try await withThrowingTaskGroup { group in
                        for player in 0..<4 {
                            group.addTask { try await Self.play(place, Dice(seed &+ UInt64(player))) }
                        }
                        try await group.waitForAll()
                    }
                    isDone.set()
                }
                let open: SQL = "SELECT NOT EXISTS (SELECT FROM jobs.flow WHERE open_jobs > 0)"
                return try await place.pool.first(open, as: Bool.self) == true
            }
            let report = try await place.check.run(comparesChecksums: true)
            #expect(report.missing == [] && report.differing == [], "\(report)")
            let waiting: SQL = """
                SELECT count(*) FROM videos WHERE state NOT IN ('ready', 'removed') OR complete_at IS NULL
                """
            #expect(try await place.pool.first(waiting, as: Int.self) == 0)
            let rest: SQL = "SELECT id FROM videos WHERE state <> 'removed'"
            for id in try await place.pool.query(rest, as: VideoID.self) { #expect(try await place.videos.remove(id)) }
            try await place.work(Self.slots, program: program.path) { try await place.hasNoUpkeep() }
            #expect(try await place.keys() == [])
            let left: SQL = "SELECT (SELECT count(*) FROM videos) + (SELECT count(*) FROM media)"
            #expect(try await place.pool.first(left, as: Int.self) == 0)
        }
    }

    private static func play(_ place: Place, _ dice: Dice) async throws {
        var dice = dice
        var mine: [VideoID] = []
        for number in 0..<12 {
            if mine.isEmpty || dice.roll(3) > 0 {
                mine.append(try await place.receive("Title \(number) \(dice.roll(1_000_000))"))
            } else {
                let id = mine.remove(at: dice.roll(mine.count))
                #expect(try await place.videos.remove(id))
            }
            try await Task.sleep(for: .milliseconds(dice.roll(30)))
        }
    }
}

private final class Flag: @unchecked Sendable {
    // One task sets it and reads it.
    private(set) var isSet = false
    func set() { isSet = true }
}

/// SplitMix64: the seed of a failure brings the same numbers again.
private struct Dice: Sendable {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    /// From 0 to `sides - 1`.
    mutating func roll(_ sides: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((value ^ (value >> 31)) % UInt64(max(1, sides)))
    }
}

extension Place {
    /// What the API does when the last byte of an upload has come.
    func receive(_ title: String) async throws -> VideoID {
        let id = try await videos.reserveID()
        let uploads = Uploads(pool)
        let name = "\(id.rawValue)"
        let new = NewUpload(
            id: name,
            authorID: author,
            kind: .whole,
            videoID: id,
            lengthBytes: Int64(Self.source.count)
        )
        try await uploads.create(new, quota: UploadQuota())
        let upload = try #require(try await uploads.claim(name, isWriting: true))
        try await put("sources/\(id)/source", Self.source)
        let length = Int64(Self.source.count)
        let isMine = try await uploads.acknowledge(
            name,
            writer: upload.writer,
            offset: length,
            head: nil,
            placement: nil
        )
        #expect(isMine)
        let video = NewVideo(
            id: id,
            authorID: author,
            title: title,
            sourceKey: "sources/\(id)/source",
            sourceBytes: length,
            sourceSHA256: Array(SHA256.hash(data: Self.source))
        )
        switch try await uploads.finish(upload, as: video, findsDuplicates: true) {
        case .recorded: break
        case .shared: try await store.deleteAll(prefix: "sources/\(id)/")
        case let other: Issue.record("\(other)")
        }
        return id
    }

    func isComplete(_ id: VideoID) async throws -> Bool {
        try await pool.first(
            "SELECT state = 'ready' AND complete_at IS NOT NULL FROM videos WHERE id = \(id)",
            as: Bool.self
        ) ?? false
    }
}
