import Foundation
import Glibc
import Testing

/// The way of one video, through everything, as a creator and a viewer take it.
@Suite(.serialized) struct FirstUploadTests {
    @Test(.timeLimit(.minutes(10))) func anUploadBecomesAPlayableVideoAndSurvivesARestart() async throws {
        let folder = try TemporaryFolder()
        let first = try await RunningClipyard(home: "\(folder.path)/home")
        let creator = try first.api.register("ada")
        let answer = try first.api.publish(try Clips.short(), title: "First light", token: creator.token)
        #expect(answer.status_code == 0, "\(answer.status_msg)")
        let fresh = try #require(try first.api.list(of: creator.id, token: creator.token).first)
        #expect(fresh.title == "First light")
        #expect(!fresh.play_url.isEmpty && !fresh.cover_url.isEmpty)

        let ready = try await first.api.completed(of: creator.id, token: creator.token)
        #expect(ready.status == "ready", "\(ready.status_reason ?? "")")
        let shown = try #require(try first.api.feed().first)
        #expect(shown.id == ready.id && shown.author.name == "ada")
        #expect(shown.play_url.contains("/media/videos/\(ready.id)/"))
        try checkMedia(of: shown)
        try checkRange(of: shown.play_url)
        try checkDoor(first.api.address, to: shown)

        #expect(first.stop() == 0)
        #expect(try first.processes("").isEmpty, "something is still running")
        let second = try await RunningClipyard(home: "\(folder.path)/home", port: first.port)
        #expect(try second.api.feed().map { $0.id } == [ready.id])
        try checkMedia(of: shown)
        #expect(second.stop(with: SIGINT) == 0)
    }

    private func checkMedia(of video: Douyin.Video) throws {
        let play = try FFprobe.probe(video.play_url)
        #expect(play.video?.codec_name == "h264" && play.audio?.codec_name == "aac" && play.audio?.channels == 2)
        #expect(abs(play.seconds - 1) < 0.15)
        let master = video.play_url.replacing("/play.mp4", with: "/hls/master.m3u8")
        #expect(try FFprobe.probe(master).video?.codec_name == "h264")
        #expect(try FFprobe.probe(video.cover_url).video?.codec_name == "mjpeg")
    }

    private func checkRange(of address: String) throws {
        let command = try Command(["curl", "-sS", "-o", "/dev/null", "-D", "-", "-r", "4-7", address])
        #expect(command.standardOutput.contains("206 Partial Content"))
        #expect(command.standardOutput.contains("Content-Range: bytes 4-7/"))
        #expect(command.standardOutput.contains("immutable"))
    }

    private func checkDoor(_ address: String, to video: Douyin.Video) throws {
        for (path, target) in [("play.mp4", video.play_url), ("cover.jpg", video.cover_url)] {
            let command = try Command([
                "curl", "-sS", "-o", "/dev/null", "-w", "%{http_code} %{redirect_url}",
                "\(address)/v/\(video.id)/\(path)",
            ])
            #expect(command.standardOutput == "302 \(target)")
        }
    }

    @Test(.timeLimit(.minutes(10))) func theDemoFillsTheFeedOnce() async throws {
        let folder = try TemporaryFolder()
        let samples = try FileManager.default.contentsOfDirectory(atPath: "\(Programs.checkout)/samples")
            .count { [".mp4", ".mov", ".webm"].contains(where: $0.hasSuffix) }
        let clipyard = try await RunningClipyard(home: "\(folder.path)/home", arguments: ["--demo"])
        let feed = try await eventually(within: 150, "every sample is in the feed") {
            let feed = try clipyard.api.feed()
            return feed.count == samples ? feed : nil
        }
        #expect(samples >= 3 && Set(feed.map { $0.title }).count == samples)
        #expect(clipyard.stop() == 0)
    }
}
