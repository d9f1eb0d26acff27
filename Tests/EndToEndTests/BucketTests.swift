import Foundation
import Postgres
import TestSupport
import Testing

/// Server and worker with nothing in common but the database and a bucket, as on two machines.
@Suite(.serialized) struct BucketTests {
    @Test(.timeLimit(.minutes(10))) func anUploadBecomesAPlayableVideoInABucket() async throws {
        let folder = try TemporaryFolder()
        let prefix = "end-to-end/\(UUID().uuidString)"
        let bucket = try await StorageServer.seaweed.address()
        try await withTestDatabase { pool in
            let storage = [
                "CLIPYARD_DATABASE_URL": pool.configuration.conninfo,
                "CLIPYARD_TOKEN_SECRET": String(repeating: "secret", count: 8),
                "CLIPYARD_STORAGE": "s3://\(StorageServer.bucket)/\(prefix)",
                "CLIPYARD_STORAGE_ENDPOINT": bucket.endpoint, "CLIPYARD_STORAGE_PATH_STYLE": "yes",
                "CLIPYARD_STORAGE_ACCESS_KEY": StorageServer.accessKey,
                "CLIPYARD_STORAGE_SECRET_KEY": StorageServer.secretKey,
            ]
            let port = try FreePort.next()
            func start(_ command: String, _ more: [String: String] = [:]) throws -> RunningProgram {
                let home = "\(folder.path)/\(command)"
                try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true)
                let own = ["CLIPYARD_HOME": home].merging(more) { $1 }
                return try RunningProgram([command], log: "\(home).log", storage.merging(own) { $1 })
            }
            let server = try start("serve", ["CLIPYARD_PORT": "\(port)"])
            let worker = try start("worker")
            let api = Douyin(address: "http://127.0.0.1:\(port)")
            _ = try await eventually(within: 60, "the server is ready; it said: \(server.said)") {
                try Command(["curl", "-sf", "\(api.address)/readyz"]).status == 0 ? true : nil
            }
            let creator = try api.register("ada")
            let answer = try api.publish(try Clips.short(), title: "In a bucket", token: creator.token)
            #expect(answer.status_code == 0, "\(answer.status_msg); \(server.said)")
            let ready = try await api.completed(of: creator.id, token: creator.token)
            #expect(ready.status == "ready", "\(ready.status_reason ?? ""); \(worker.said)")
            let shown = try #require(try api.feed().first)
            let play = try FFprobe.probe(shown.play_url)
            #expect(play.video?.codec_name == "h264" && abs(play.seconds - 1) < 0.15)
            let master = shown.play_url.replacing("/play.mp4", with: "/hls/master.m3u8")
            #expect(try FFprobe.probe(master).video?.codec_name == "h264")
            let range = try Command(["curl", "-sS", "-o", "/dev/null", "-D", "-", "-r", "4-7", shown.play_url])
            #expect(range.standardOutput.contains("206 Partial Content"))
            #expect(range.standardOutput.contains("Content-Range: bytes 4-7/"))
            for program in [server, worker] {
                #expect(program.stop() == 0)
                #expect(
                    !program.said.contains(StorageServer.secretKey) && !program.said.contains(StorageServer.accessKey)
                )
            }
            let doctor = try Command([Programs.clipyard, "doctor"], environment: storage)
            #expect(doctor.standardOutput.contains("ok    storage s3://"), "\(doctor.standardOutput)")
            // Nothing of it was kept on the machines.
            let left = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
            #expect(!left.contains { $0.hasSuffix(".mp4") || $0.contains("clipyard-part-") }, "\(left)")
        }
    }

    @Test(arguments: [
        (["CLIPYARD_STORAGE_SECRET_KEY": "wrong"], "CLIPYARD_STORAGE_SECRET_KEY"),
        (["CLIPYARD_STORAGE": "s3://no-such-bucket"], "no-such-bucket"),
        (["CLIPYARD_STORAGE_ENDPOINT": "http://127.0.0.1:1"], "connect"),
        (["CLIPYARD_STORAGE": "ftp://clips"], "s3://bucket"),
    ])
    func doctorSaysWhatIsWrongWithABucket(environment: [String: String], words: String) async throws {
        let folder = try TemporaryFolder()
        let storage = try await [
            "CLIPYARD_HOME": folder.path, "CLIPYARD_STORAGE": "s3://\(StorageServer.bucket)",
            "CLIPYARD_STORAGE_ENDPOINT": StorageServer.seaweed.address().endpoint,
            "CLIPYARD_STORAGE_PATH_STYLE": "yes", "CLIPYARD_STORAGE_ACCESS_KEY": StorageServer.accessKey,
            "CLIPYARD_STORAGE_SECRET_KEY": StorageServer.secretKey, "CLIPYARD_STORAGE_ATTEMPTS": "2",
        ]
        let doctor = try Command([Programs.clipyard, "doctor"], environment: storage.merging(environment) { $1 })
        let line = doctor.standardOutput.split(separator: "\n").first { $0.contains("storage ") } ?? ""
        #expect(line.hasPrefix("FAIL") && line.contains(words), "\(doctor.standardOutput)")
        #expect(!doctor.standardOutput.contains(StorageServer.secretKey))
    }
}
