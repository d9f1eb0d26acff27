import Foundation
import Testing

/// What operators decide is seen at once.
@Suite(.serialized) struct OperatorTests {
    private func clipyard(_ running: RunningClipyard, _ words: String...) throws -> Command {
        try Command([Programs.clipyard] + words, environment: ["CLIPYARD_HOME": running.home], in: Programs.checkout)
    }

    /// Publishes a video and waits until it is in the feed.
    private func publish(_ running: RunningClipyard) async throws -> (video: String, token: String) {
        let creator = try running.api.register("ada")
        _ = try running.api.publish(try Clips.short(), title: "First light", token: creator.token)
        let video = try await running.api.completed(of: creator.id, token: creator.token)
        try await waitForFeed(running, [video.id])
        return ("\(video.id)", creator.token)
    }

    private func waitForFeed(_ running: RunningClipyard, _ videos: [Int64]) async throws {
        _ = try await eventually(within: 1, "the feed is \(videos)") {
            try running.api.feed().map(\.id) == videos ? true : nil
        }
    }

    @Test(.timeLimit(.minutes(10))) func aVideoIsHiddenShownAndRemovedWithinASecond() async throws {
        let folder = try TemporaryFolder()
        let running = try await RunningClipyard(home: "\(folder.path)/home")
        let id = try await publish(running).video
        let video = try #require(Int64(id))
        for (verb, feed, words) in [
            ("hide", [], "hidden"), ("show", [video], "shown"), ("hide", [], "hidden"), ("show", [video], "shown"),
            ("remove", [], "removed"),
        ] {
            let command = try clipyard(running, "videos", verb, id)
            #expect(command.status == 0 && command.standardOutput.contains(words), "\(command)")
            try await waitForFeed(running, feed)
        }
        for (verb, number) in [("show", id), ("hide", "999"), ("remove", "999")] {
            let command = try clipyard(running, "videos", verb, number)
            #expect(command.status != 0 && command.standardError.contains("There is no video \(number)."), "\(command)")
        }
        #expect(running.stop() == 0)
    }

    @Test(.timeLimit(.minutes(10))) func aHeldCommentIsSeenAndCountedOnceApproved() async throws {
        let folder = try TemporaryFolder()
        let running = try await RunningClipyard(
            home: "\(folder.path)/home",
            environment: ["CLIPYARD_MODERATE_COMMENT": "hold"]
        )
        let (video, token) = try await publish(running)
        #expect(try clipyard(running, "reviews").standardOutput.isEmpty)
        for _ in 1...2 { try comment(running, video, token) }
        let waiting = try clipyard(running, "reviews", "list").standardOutput.split(separator: "\n")
        #expect(waiting.count == 2 && waiting.allSatisfy { $0.hasSuffix("an online casino") }, "\(waiting)")
        let first = try clipyard(running, "reviews", "list", "--limit", "1").standardOutput
        #expect(first == "\(waiting[0])\n")
        #expect(try comments(running, video).isEmpty)

        let ids = waiting.map { String($0.split(separator: "\t")[1]) }
        #expect(try clipyard(running, "reviews", "approve", "comment", ids[0]).status == 0)
        #expect(try clipyard(running, "reviews", "refuse", "comment", ids[1]).status == 0)
        #expect(try comments(running, video) == ["an online casino"])
        _ = try await eventually(within: 2, "the comment is counted") {
            let feed = try HTTPAnswer("\(running.api.address)/douyin/feed/")
            return feed.list("video_list").first?["comment_count"] as? Int == 1 ? true : nil
        }
        let again = try clipyard(running, "reviews", "approve", "comment", ids[0])
        #expect(again.status != 0 && again.standardError.contains("No comment \(ids[0]) waits for a review."))
        let unknown = try clipyard(running, "reviews", "approve", "poem", "1")
        #expect(unknown.status != 0 && unknown.standardError.contains("There is no kind “poem”"))
        #expect(running.stop() == 0)
    }

    private func comment(_ running: RunningClipyard, _ video: String, _ token: String) throws {
        let query = "video_id=\(video)&action_type=1&comment_text=an%20online%20casino&token=\(token)"
        let answer = try HTTPAnswer("\(running.api.address)/douyin/comment/action/?\(query)", ["-X", "POST"])
        #expect(answer.code == 0, "\(answer.body)")
    }

    private func comments(_ running: RunningClipyard, _ video: String) throws -> [String] {
        try HTTPAnswer("\(running.api.address)/douyin/comment/list/?video_id=\(video)").list("comment_list")
            .compactMap { $0["content"] as? String }
    }
}
