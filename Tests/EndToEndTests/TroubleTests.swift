import Foundation
import Glibc
import Testing

/// Crashes while a video is on its way: it arrives all the same, once.
@Suite(.serialized) struct TroubleTests {
    /// Uploads the long clip, lets `trouble` happen in the middle of its transcode and waits for the end.
    private func transcode(
        trouble: (RunningClipyard, _ child: Int32) async throws -> Void
    ) async throws -> (clipyard: RunningClipyard, video: Douyin.Video, folder: TemporaryFolder) {
        let folder = try TemporaryFolder()
        let clipyard = try await RunningClipyard(
            home: "\(folder.path)/home",
            environment: ["CLIPYARD_KEEP_REPLACED_SECONDS": "0"]
        )
        let creator = try clipyard.api.register("grace")
        _ = try clipyard.api.publish(try Clips.long(), title: "Trouble", token: creator.token)
        let child = try await clipyard.transcodingChild()
        try await trouble(clipyard, child)
        let video = try await clipyard.api.completed(of: creator.id, token: creator.token)
        return (clipyard, video, folder)
    }

    private func checkNothingIsDoubled(_ clipyard: RunningClipyard, _ video: Douyin.Video) async throws {
        #expect(video.status == "ready", "\(video.status_reason ?? "")")
        #expect(try clipyard.api.feed().map { $0.id } == [video.id])
        let videos = "\(clipyard.home)/objects/videos/\(video.id)"
        _ = try await eventually(within: 30, "what was published first is gone, and what lost attempts left") {
            try FileManager.default.contentsOfDirectory(atPath: videos).count == 1 ? true : nil
        }
        #expect(try clipyard.sql("SELECT count(*) FROM jobs.lease") == "0")
        #expect(abs(try FFprobe.probe(video.play_url).seconds - 12) < 0.2)
    }

    @Test(.timeLimit(.minutes(10))) func aKilledWorkersVideoIsTakenOverByAnother() async throws {
        var killedAt = ""
        let end = try await transcode { clipyard, child in
            let worker = try #require(try clipyard.processes("clipyard worker").first)
            killedAt = try clipyard.sql("SELECT clock_timestamp()")
            kill(worker, SIGKILL)
            _ = try await eventually(within: 5, "the killed worker's child is gone") {
                kill(child, 0) == 0 ? nil : true
            }
        }
        try await checkNothingIsDoubled(end.clipyard, end.video)
        let takeover = try end.clipyard.sql(
            """
            SELECT attempt, attempted_at > '\(killedAt)',
                attempted_at - '\(killedAt)' < interval '\(RunningClipyard.leaseSeconds + 5) s'
            FROM jobs.job WHERE kind = 'transcode_video'
            """
        )
        #expect(takeover == "2|t|t", "killed at \(killedAt)")
    }

    @Test(.timeLimit(.minutes(10))) func aCrashOfTheChildIsOneAttemptAndNotTheWorkersEnd() async throws {
        var worker: Int32 = 0
        let end = try await transcode { clipyard, child in
            worker = try #require(try clipyard.processes("clipyard worker").first)
            kill(child, SIGSEGV)
        }
        try await checkNothingIsDoubled(end.clipyard, end.video)
        #expect(kill(worker, 0) == 0, "the worker is gone too")
        let errors = try end.clipyard.sql("SELECT errors FROM jobs.job WHERE kind = 'transcode_video'")
        #expect(errors.contains("signal 11"))
    }

    @Test(.timeLimit(.minutes(10))) func aRestartOfTheDatabaseIsSurvived() async throws {
        let end = try await transcode { clipyard, _ in
            let postmaster = try #require(
                try clipyard.processes("postgres -D").first ?? clipyard.processes("postgres").first
            )
            kill(postmaster, SIGQUIT)
        }
        try await checkNothingIsDoubled(end.clipyard, end.video)
    }
}
