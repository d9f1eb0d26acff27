import Foundation
import TestSupport
import Testing

/// The gateway before a real S3 server, which lets it read what `docker/compose.yaml` says and nothing else.
@Suite(.serialized) struct SeaweedProxyTests {
    private let bytes = Data((0..<2_500_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) })

    /// Puts an object as somebody with the key.
    private func put(_ key: String, _ server: StorageServer.Address) throws {
        let folder = try TemporaryFolder()
        try bytes.write(to: URL(filePath: "\(folder.path)/object"))
        let command = try Command([
            "curl", "-sSf", "-T", "\(folder.path)/object", "--aws-sigv4", "aws:amz:us-east-1:s3", "--user",
            "\(StorageServer.accessKey):\(StorageServer.secretKey)",
            "\(server.endpoint)/\(StorageServer.bucket)/\(key)",
        ])
        try #require(command.status == 0, "\(command.standardError)")
    }

    @Test(.timeLimit(.minutes(10))) func mediaAreReadWithoutAKeyAndNothingElseIs() async throws {
        let server = try await StorageServer.seaweed.address()
        for key in ["videos/7/3/play.mp4", "sources/7/source"] { try put(key, server) }
        for (path, status) in [("videos/7/3/play.mp4", 200), ("sources/7/source", 403), ("?list-type=2", 403)] {
            let answer = try Command([
                "curl", "-s", "-o", "/dev/null", "-w", "%{http_code}",
                "\(server.endpoint)/\(StorageServer.bucket)/\(path)",
            ])
            #expect(answer.standardOutput == "\(status)", "\(path)")
        }
        let gateway = try await RunningGateway(settings: [
            "CLIPYARD_STORAGE": "s3://\(StorageServer.bucket)", "CLIPYARD_STORAGE_ENDPOINT": server.endpoint,
            "CLIPYARD_GATEWAY_CACHE_SECONDS": "1",
        ])
        func get(_ path: String, _ headers: [String: String] = [:]) throws -> HTTPReply {
            try HTTPConnection(port: gateway.port).send(HTTPRequest(path: path, headers: headers))
        }
        let play = "/media/videos/7/3/play.mp4"
        let whole = try get(play)
        #expect(whole.status == 200 && whole.body == bytes && whole.headers["content-type"] == "video/mp4")
        #expect(
            whole.headers.keys.allSatisfy { !$0.hasPrefix("x-amz-") && !$0.contains("seaweed") },
            "\(whole.headers)"
        )
        let part = try get(play, ["Range": "bytes=1048570-1048589"])
        #expect(part.status == 206 && part.body == bytes[1_048_570..<1_048_590])
        #expect(try get(play, ["Range": "bytes=2500000-"]).status == 416)
        #expect(try get("/media/videos/7/3/none.mp4").status == 404)
        _ = try await eventually(within: 10, "the store says that it still has it") {
            try get(play, ["Range": "bytes=0-9"]).headers["x-cache-status"] == "REVALIDATED" ? true : nil
        }
    }

    @Test(.timeLimit(.minutes(10))) func clipyardUpPlaysFromABucketWhatItsWorkersPutThere() async throws {
        let server = try await StorageServer.seaweed.address()
        let folder = try TemporaryFolder()
        let running = try await RunningClipyard(
            home: "\(folder.path)/home",
            environment: [
                "CLIPYARD_STORAGE": "s3://\(StorageServer.bucket)", "CLIPYARD_STORAGE_ENDPOINT": server.endpoint,
                "CLIPYARD_STORAGE_PATH_STYLE": "yes", "CLIPYARD_STORAGE_ACCESS_KEY": StorageServer.accessKey,
                "CLIPYARD_STORAGE_SECRET_KEY": StorageServer.secretKey, "CLIPYARD_GATEWAY_ACCESS_SECONDS": "1",
            ]
        )
        let ada = try running.api.register("ada")
        let published = try Command(
            [Programs.clipyard, "publish", try Clips.short(), "--wait", "--server", running.api.address],
            environment: ["XDG_STATE_HOME": "\(folder.path)/state", "CLIPYARD_TOKEN": ada.token]
        )
        #expect(published.status == 0, "\(published.standardError)")
        let video = try await running.api.completed(of: ada.id, token: ada.token)
        #expect(video.play_url + "\n" == published.standardOutput)
        let part = try HTTPAnswer(video.play_url, ["-r", "4-7"])
        #expect(part.status == 206 && part.body == "ftyp" && part.headers["content-type"] == "video/mp4")
        #expect(part.headers["content-range"]?.hasPrefix("bytes 4-7/") == true)
        #expect(part.headers["x-cache-status"] == "MISS", "it came from this machine's disk")
        #expect(try HTTPAnswer(video.play_url, ["-r", "0-7"]).headers["x-cache-status"] == "HIT")
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(folder.path)/home/objects").isEmpty)
        let document = try HTTPAnswer("\(running.api.address)/api/v1/videos/\(video.id)")
        let media = try #require(document.json["media"] as? [String: Any], "\(document.body)")
        let list = try #require(media["hls_url"] as? String)
        let answer = try HTTPAnswer(list)
        #expect(answer.status == 200 && answer.body.hasPrefix("#EXTM3U"))
        #expect(answer.headers["content-type"] == "application/vnd.apple.mpegurl")
        #expect(answer.headers["x-cache-status"] == "MISS")
        let deletion = ["-X", "DELETE", "-H", "Authorization: Bearer \(ada.token)"]
        #expect(try HTTPAnswer("\(running.api.address)/api/v1/videos/\(video.id)", deletion).status == 204)
        _ = try await eventually(within: 10, "what is cached is refused too") {
            try HTTPAnswer(list).status == 404 ? true : nil
        }
        #expect(running.stop() == 0)
    }
}
