import Foundation
import Testing

/// Media that only some may have, through nginx and with the API that runs behind it.
@Suite(.serialized) struct PrivateMediaTests {
    private func clipyard(_ running: RunningClipyard, _ words: String...) throws {
        let command = try Command(
            [Programs.clipyard] + words,
            environment: ["CLIPYARD_HOME": running.home],
            in: Programs.checkout
        )
        #expect(command.status == 0, "\(command)")
    }

    private func waitFor(_ status: Int, at address: String, _ why: String) async throws {
        _ = try await eventually(within: 20, "\(why): \(status)") {
            try HTTPAnswer(address, ["-o", "/dev/null"]).status == status ? true : nil
        }
    }

    /// An author's own list, with the address that only they are given.
    private func own(_ running: RunningClipyard, _ token: String) throws -> [String: Any]? {
        try HTTPAnswer("\(running.api.address)/douyin/publish/list/?token=\(token)").list("video_list").first
    }

    @Test(.timeLimit(.minutes(10))) func aSignedAddressEndsWithTheVideoAndComesBackWithIt() async throws {
        let folder = try TemporaryFolder()
        let running = try await RunningClipyard(
            home: "\(folder.path)/home",
            environment: ["CLIPYARD_MODERATE_TITLE": "hold"]
        )
        let ada = try running.api.register("ada")
        _ = try running.api.publish(try Clips.short(), title: "an online casino", token: ada.token)
        let address = try await eventually(within: 120, "the held video can be played by its author") {
            let address = try own(running, ada.token)?["play_url"] as? String
            return address?.contains("/media/private/") == true ? address : nil
        }
        let id = "\(try #require(try own(running, ada.token)?["id"] as? Int))"
        #expect(try HTTPAnswer(address, ["-r", "4-7"]).body == "ftyp")
        let stranger = try #require(address.firstMatch(of: /private\/[^\/]+\/[^\/]+\/(.*)/)).1
        let plain = "\(running.api.address)/media/\(stranger)"
        #expect(try HTTPAnswer(plain, ["-o", "/dev/null"]).status == 404)

        try clipyard(running, "reviews", "refuse", "video", id)
        try await waitFor(404, at: address, "the address that was handed out is refused")
        #expect(try own(running, ada.token)?["play_url"] as? String == "\(running.api.address)/v/\(id)/play.mp4")
        try clipyard(running, "videos", "show", id)
        try await waitFor(200, at: address, "what is shown again is there again")
        try await waitFor(200, at: plain, "and at its public address")
        try clipyard(running, "videos", "remove", id)
        try await waitFor(404, at: address, "what was removed is refused")
        #expect(running.stop() == 0)
    }

    /// Media belong to the first video of the same bytes; a later one outlives it.
    @Test(.timeLimit(.minutes(10))) func sharedMediaAreServedAfterTheFirstVideoOfThemIsRemoved() async throws {
        let folder = try TemporaryFolder()
        let running = try await RunningClipyard(
            home: "\(folder.path)/home",
            environment: ["CLIPYARD_GATEWAY_ACCESS_SECONDS": "1"]
        )
        let ada = try running.api.register("ada")
        _ = try running.api.publish(try Clips.short(), title: "First", token: ada.token)
        let first = try await running.api.completed(of: ada.id, token: ada.token)
        _ = try running.api.publish(try Clips.short(), title: "Second", token: ada.token)
        let second = try await eventually(within: 10, "the second video is in the feed") {
            try running.api.feed().first { $0.id != first.id }
        }
        #expect(second.play_url == first.play_url)
        try clipyard(running, "videos", "remove", "\(first.id)")
        // Nobody finds the first any more, and the gateway has never asked about its media.
        try await waitFor(404, at: "\(running.api.address)/v/\(first.id)/play.mp4", "the first is gone")
        #expect(try HTTPAnswer(second.play_url, ["-r", "4-7"]).body == "ftyp")
        try clipyard(running, "videos", "remove", "\(second.id)")
        try await waitFor(404, at: second.play_url, "the last is gone")
        #expect(running.stop() == 0)
    }
}
