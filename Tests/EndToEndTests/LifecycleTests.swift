import Foundation
import Glibc
import Testing

/// The end of a video, and what is left of it: nothing.
@Suite(.serialized) struct LifecycleTests {
    private func objects(_ running: RunningClipyard) -> [String] {
        let found = FileManager.default.enumerator(atPath: "\(running.home)/objects")?.allObjects as? [String] ?? []
        return found.filter { path in
            var isFolder: ObjCBool = false
            FileManager.default.fileExists(atPath: "\(running.home)/objects/\(path)", isDirectory: &isFolder)
            return !isFolder.boolValue && !path.hasPrefix(".")
        }
    }

    private func delete(_ running: RunningClipyard, _ id: String, _ token: String) throws -> HTTPAnswer {
        try HTTPAnswer(
            "\(running.api.address)/api/v1/videos/\(id)",
            ["-X", "DELETE", "-H", "Authorization: Bearer \(token)"]
        )
    }

    private func check(_ running: RunningClipyard, _ options: String...) throws -> Command {
        try Command(
            [Programs.clipyard, "storage", "check"] + options,
            environment: ["CLIPYARD_HOME": running.home],
            in: Programs.checkout
        )
    }

    @Test(.timeLimit(.minutes(10))) func aVideoThatIsRemovedWhileItIsEncodedStopsAndLeavesNothing() async throws {
        let folder = try TemporaryFolder()
        let running = try await RunningClipyard(home: "\(folder.path)/home")
        let ada = try running.api.register("ada")
        _ = try running.api.publish(try Clips.long(), title: "Gone", token: ada.token)
        let child = try await running.transcodingChild()
        let id = try running.sql("SELECT id FROM videos")
        #expect(!objects(running).isEmpty)
        #expect(try delete(running, id, ada.token).status == 204)
        #expect(try delete(running, id, ada.token).status == 404)
        _ = try await eventually(within: 10, "the child has ended") { kill(child, 0) == 0 ? nil : true }
        _ = try await eventually(within: 30, "nothing is left of the video") {
            let rows = try running.sql("SELECT count(*) FROM videos")
            return rows == "0" && objects(running).isEmpty ? true : nil
        }
        #expect(
            try running.sql("SELECT DISTINCT state FROM jobs.job WHERE kind <> 'erase_video' ORDER BY 1").contains(
                "cancelled"
            )
        )
        let clean = try check(running)
        #expect(clean.status == 0 && clean.standardOutput.hasPrefix("0 objects, 0 bytes"), "\(clean)")
        #expect(running.stop() == 0)
    }

    @Test(.timeLimit(.minutes(10))) func theStoreIsComparedWithTheDatabaseAndPutInOrder() async throws {
        let folder = try TemporaryFolder()
        let running = try await RunningClipyard(home: "\(folder.path)/home")
        let ada = try running.api.register("ada")
        _ = try running.api.publish(try Clips.short(), title: "Kept", token: ada.token)
        let video = try await running.api.completed(of: ada.id, token: ada.token)
        #expect(try check(running, "--checksums").status == 0)
        let orphan = "\(running.home)/objects/videos/999/1"
        try FileManager.default.createDirectory(atPath: orphan, withIntermediateDirectories: true)
        try Data("orphan".utf8).write(to: URL(filePath: "\(orphan)/play.mp4"))
        try FileManager.default.removeItem(atPath: "\(running.home)/objects/sources/\(video.id)/source")
        let found = try check(running, "--json")
        let report = try #require(
            JSONSerialization.jsonObject(with: Data(found.standardOutput.utf8)) as? [String: Any]
        )
        #expect(found.status == 1 && report["missing"] as? [String] == ["sources/\(video.id)/source"], "\(found)")
        let orphans = report["orphaned"] as? [[String: Any]]
        #expect(
            orphans?.first?["key"] as? String == "videos/999/1/play.mp4" && orphans?.first?["size_bytes"] as? Int == 6
        )
        // It may belong to an upload that is going on.
        #expect(try check(running, "--repair").standardOutput.contains("orphaned  videos/999/1/play.mp4"))
        let day = Date().addingTimeInterval(-86_500)
        try FileManager.default.setAttributes([.modificationDate: day], ofItemAtPath: "\(orphan)/play.mp4")
        let repaired = try check(running, "--repair")
        #expect(
            repaired.status == 1 && repaired.standardOutput.contains("deleted   videos/999/1/play.mp4"),
            "\(repaired)"
        )
        #expect(!FileManager.default.fileExists(atPath: "\(orphan)/play.mp4"))
        #expect(try delete(running, "\(video.id)", ada.token).status == 204)
        _ = try await eventually(within: 30, "nothing is left") { objects(running).isEmpty ? true : nil }
        #expect(try check(running).status == 0)
        #expect(try check(running, "--older-than-hours", "0").status == 64)
        #expect(running.stop() == 0)
    }
}
