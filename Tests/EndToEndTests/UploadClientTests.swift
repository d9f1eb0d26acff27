import Crypto
import Foundation
import Testing

/// Clients that others have written, and our own command.
@Suite(.serialized) struct UploadClientTests {
    private static let script = """
        import sys
        from tusclient.client import TusClient
        address, token, path, half = sys.argv[1:]
        client = TusClient(address + "/api/v1/uploads", headers={"Authorization": "Bearer " + token})
        options = dict(chunk_size=50_000, metadata={"title": "By tuspy"}, upload_checksum=True)
        first = client.uploader(path, **options)
        first.upload(stop_at=int(half))
        client.uploader(path, url=first.url, **options).upload()
        """

    /// In pieces with checksums, broken off in the middle and gone on with by a second client.
    @Test(.timeLimit(.minutes(10))) func tuspyUploadsThroughTheGateway() async throws {
        let folder = try TemporaryFolder()
        let clipyard = try await RunningClipyard(home: "\(folder.path)/home")
        let creator = try clipyard.api.register("ada")
        let clip = "\(Programs.checkout)/samples/sunrise.mp4"
        let python = "\(Programs.checkout)/.tools/bin/python"
        let upload = try Command([python, "-c", Self.script, clipyard.api.address, creator.token, clip, "100000"])
        #expect(upload.status == 0, "\(upload.standardError)")
        let video = try await clipyard.api.settled(of: creator.id, token: creator.token)
        #expect(video.title == "By tuspy" && video.status == "ready")
        #expect(clipyard.stop() == 0)
    }

    @Test(.timeLimit(.minutes(10))) func theCommandPublishesSeveralFilesAndWaitsForThem() async throws {
        let folder = try TemporaryFolder()
        let clipyard = try await RunningClipyard(home: "\(folder.path)/home")
        let creator = try clipyard.api.register("ada")
        let clips = ["sunrise.mp4", "silent.mp4"].map { "\(Programs.checkout)/samples/\($0)" }
        let environment = ["XDG_STATE_HOME": "\(folder.path)/state", "CLIPYARD_TOKEN": creator.token]
        func publish(_ arguments: [String]) throws -> Command {
            let words = [Programs.clipyard, "publish"] + arguments + ["--server", clipyard.api.address]
            return try Command(words, environment: environment)
        }
        let both = try publish(clips + ["--title", "Sunrise", "--title", "Silence", "--wait"])
        #expect(both.status == 0, "\(both.standardError)")
        let addresses = both.standardOutput.split(separator: "\n").map(String.init)
        #expect(addresses.count == 2)
        for address in addresses { #expect(try HTTPAnswer(address, ["-r", "0-9", "-o", "/dev/null"]).status == 206) }
        #expect(try clipyard.api.list(of: creator.id, token: creator.token).map(\.title) == ["Silence", "Sunrise"])
        let again = try publish([clips[0], "--title", "Sunrise"])
        #expect(again.status == 0 && again.standardOutput.contains("published this a moment ago"))
        // Another title is another video, and there is nothing to send and to wait for.
        let other = try publish([clips[0], "--title", "Another", "--wait"])
        #expect(other.status == 0, "\(other.standardError)")
        #expect(other.standardOutput.split(separator: "\n").map(String.init) == [addresses[0]])
        #expect(try clipyard.sql("SELECT count(*) FROM jobs.job WHERE kind = 'transcode_video'") == "2")
        let refused = try publish([#filePath])
        #expect(refused.status != 0 && refused.standardError.contains("not a video"), "\(refused.standardError)")
        let missing = try publish(["\(folder.path)/none.mp4"])
        #expect(missing.status != 0 && missing.standardError.contains("may be read"))
        #expect(clipyard.stop() == 0)
    }
}
