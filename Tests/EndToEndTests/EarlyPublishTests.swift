import Foundation
import Glibc
import Testing

/// A video is played before everything of it is made, and long videos are made in pieces.
@Suite(.serialized) struct EarlyPublishTests {
    @Test(.timeLimit(.minutes(10))) func whoeverWatchesTheFirstRenditionIsNotCutOff() async throws {
        let folder = try TemporaryFolder()
        let clipyard = try await RunningClipyard(home: "\(folder.path)/home")
        let creator = try clipyard.api.register("grace")
        _ = try clipyard.api.publish(try Clips.long(), title: "Early", token: creator.token)
        let id = try await clipyard.api.settled(of: creator.id, token: creator.token).id
        let early = try clipyard.api.status(of: id)
        #expect(early.state == "playable" && early.playable_at != nil && early.complete_at == nil)
        let first = try #require(early.media)
        #expect(try clipyard.api.feed().map(\.play_url) == [first.play_url])
        #expect(abs(try FFprobe.probe(first.play_url).seconds - 12) < 0.2)
        _ = try await clipyard.api.completed(of: creator.id, token: creator.token)
        let complete = try clipyard.api.status(of: id)
        let media = try #require(complete.media)
        #expect(complete.playable_at == early.playable_at && complete.complete_at != nil)
        #expect(media.play_url != first.play_url)
        _ = try await eventually(within: 5, "the feed has the new address") {
            try clipyard.api.feed().map(\.play_url) == [media.play_url] ? true : nil
        }
        for address in [first.play_url, first.hls_url, media.play_url, media.hls_url] {
            #expect(try FFprobe.probe(address).video?.codec_name == "h264", "\(address)")
        }
        #expect(clipyard.stop() == 0)
    }

    /// The short definition, with pieces that a test need not wait for.
    private func choppingPipeline(in folder: TemporaryFolder) throws -> String {
        let text = try String(contentsOfFile: "\(Programs.checkout)/pipelines/short-video.yaml", encoding: .utf8)
            .replacing(/chunks:\n.*\n.*/, with: "chunks:\n  above_seconds: 5\n  seconds: 3")
        let path = "\(folder.path)/chopping.yaml"
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    @Test(.timeLimit(.minutes(10))) func aKilledWorkerCostsALongVideoOnePiece() async throws {
        let folder = try TemporaryFolder()
        let clipyard = try await RunningClipyard(
            home: "\(folder.path)/home",
            environment: ["CLIPYARD_PIPELINE": try choppingPipeline(in: folder), "CLIPYARD_KEEP_REPLACED_SECONDS": "0"]
        )
        let creator = try clipyard.api.register("grace")
        _ = try clipyard.api.publish(try Clips.long(), title: "Long", token: creator.token)
        _ = try await eventually(within: 90, "one piece is done and another is being encoded") {
            let states = try clipyard.sql(
                "SELECT string_agg(DISTINCT state::text, ',' ORDER BY state::text) FROM jobs.job WHERE kind = 'encode_chunk'"
            )
            return states.contains("completed") && states.contains("running") ? true : nil
        }
        kill(try #require(try clipyard.processes("clipyard worker").first), SIGKILL)
        let video = try await clipyard.api.completed(of: creator.id, token: creator.token)
        #expect(video.status == "ready", "\(video.status_reason ?? "")")
        #expect(abs(try FFprobe.probe(video.play_url).seconds - 12) < 0.2)
        let attempts = try clipyard.sql(
            "SELECT array_agg(attempt ORDER BY attempt) FROM jobs.job WHERE kind = 'encode_chunk'"
        )
        #expect(attempts == "{1,1,1,2}")
        _ = try await eventually(within: 30, "the pieces are removed") {
            FileManager.default.fileExists(atPath: "\(clipyard.home)/objects/chunks/\(video.id)") ? nil : true
        }
        #expect(try clipyard.sql("SELECT count(*) FROM video_parts") == "0")
        #expect(clipyard.stop() == 0)
    }
}
