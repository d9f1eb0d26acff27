import Foundation
import Glibc
import Testing

/// `clipyard publish` when something comes between.
@Suite(.serialized) struct PublishCommandTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func environment(_ token: String) -> [String: String] {
        ["XDG_STATE_HOME": "\(folder.path)/state", "CLIPYARD_TOKEN": token]
    }

    /// Begins to publish in the background.
    private func begin(_ file: String, _ api: Douyin, _ token: String) throws -> RunningProgram {
        let log = "\(folder.path)/publish-\(UUID().uuidString).log"
        return try RunningProgram(["publish", file, "--server", api.address], log: log, environment(token))
    }

    private func publish(_ words: [String], server: String, token: String) throws -> Command {
        try Command([Programs.clipyard, "publish"] + words + ["--server", server], environment: environment(token))
    }

    /// Waits until more bytes are safe than so many, and holds the client there; returns how many are.
    private func hold(_ client: RunningProgram, past bytes: Int, _ clipyard: RunningClipyard) async throws -> Int {
        let safe = try await eventually(within: 60, "bytes arrive; the client said: \(client.said)") {
            let offset = Int(try clipyard.sql("SELECT offset_bytes FROM uploads WHERE state = 'open'")) ?? 0
            return offset > bytes ? offset : nil
        }
        client.signal(SIGSTOP)
        return safe
    }

    private func start(port: Int? = nil, _ settings: [String: String] = [:]) async throws -> RunningClipyard {
        let own = ["CLIPYARD_PROBE_SLOTS": "0"].merging(settings) { $1 }
        return try await RunningClipyard(home: "\(folder.path)/home", port: port, environment: own)
    }

    @Test(.timeLimit(.minutes(10))) func anUploadOutlivesItsServer() async throws {
        var clipyard = try await start()
        let video = try RandomVideo("\(folder.path)/clip.mp4", mebibytes: 256)
        let client = try begin(video.path, clipyard.api, try clipyard.api.register("ada").token)
        // A process that crashes and is started again.
        #expect(try await hold(client, past: 0, clipyard) < video.sizeBytes)
        let crashed = try #require(try clipyard.processes("clipyard serve").first)
        kill(crashed, SIGKILL)
        let started = try await eventually(within: 20, "serve runs again") {
            try clipyard.processes("clipyard serve").first { $0 != crashed }
        }
        let safe = try #require(Int(try clipyard.sql("SELECT offset_bytes FROM uploads")))
        client.signal(SIGCONT)
        // Everything is stopped in the middle, and started again.
        #expect(try await hold(client, past: safe, clipyard) < video.sizeBytes)
        kill(started, SIGKILL)
        #expect(clipyard.stop() == 0)
        clipyard = try await start(port: clipyard.port)
        client.signal(SIGCONT)
        #expect(client.wait() == 0, "\(client.said)")
        #expect(client.said.lowercased().contains("trying again"), "\(client.said)")
        try await video.expectStored(by: clipyard)
        #expect(try clipyard.sql("SELECT count(*) FROM uploads") == "1")
        #expect(clipyard.stop() == 0)
    }

    @Test(.timeLimit(.minutes(10))) func theSameCommandGoesOnAfterCtrlC() async throws {
        let clipyard = try await start()
        let video = try RandomVideo("\(folder.path)/clip.mp4", mebibytes: 256)
        let token = try clipyard.api.register("ada").token
        for number in [SIGINT, SIGTERM] {
            let client = try begin(video.path, clipyard.api, token)
            let before = Int(try clipyard.sql("SELECT coalesce(max(offset_bytes), 0) FROM uploads")) ?? 0
            #expect(try await hold(client, past: before, clipyard) < video.sizeBytes)
            client.signal(number)
            client.signal(SIGCONT)
            #expect(client.wait() == 128 + number)
            #expect(client.said == "Stopped. The same command again goes on from here.\n")
        }
        let stranger = try publish([video.path], server: clipyard.api.address, token: "wrong")
        #expect(stranger.status == 1 && stranger.standardError.contains("Log in"), "\(stranger.standardError)")
        let last = try begin(video.path, clipyard.api, token)
        #expect(last.wait() == 0 && last.said.hasPrefix("clip.mp4: published;"), "\(last.said)")
        try await video.expectStored(by: clipyard)
        #expect(try clipyard.sql("SELECT count(*) FROM uploads") == "1")
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(folder.path)/state/clipyard/uploads").isEmpty)
        #expect(clipyard.stop() == 0)
    }

    @Test(.timeLimit(.minutes(10))) func mistakesAreToldInASentence() async throws {
        let clipyard = try await start([
            "CLIPYARD_UPLOAD_BYTES_PER_DAY": "1000000", "CLIPYARD_UPLOAD_MAX_BYTES": "1048576",
        ])
        let (address, token) = (clipyard.api.address, try clipyard.api.register("ada").token)
        let clip = try Clips.short()
        let picture = "\(folder.path)/none.png"
        func expect(_ command: Command, _ words: String...) {
            #expect(command.status == 1, "\(command.standardError)")
            for word in words { #expect(command.standardError.contains(word), "\(command.standardError)") }
            #expect(command.standardError.split(separator: "\n").count == 1, "\(command.standardError)")
        }
        expect(try publish([clip], server: "http://127.0.0.1:1", token: token), "cannot be reached", "--server")
        expect(try publish([clip], server: "ftp://127.0.0.1", token: token), "no server's address")
        expect(try publish([clip], server: "\(address)/media", token: token), "answered 404", "--server")
        expect(try publish([clip, clip], server: address, token: "wrong"), "Log in")
        expect(try publish(["\(folder.path)/none.mp4"], server: address, token: token), "none.mp4", "may be read")
        expect(try publish([clip, "--cover", picture], server: address, token: token), "none.png", "may be read")
        try "no picture".write(toFile: picture, atomically: true, encoding: .utf8)
        expect(try publish([clip, "--cover", picture], server: address, token: token), "none.png", "JPEG")
        #expect(try clipyard.sql("SELECT count(*) FROM uploads WHERE state = 'open'") == "0")
        let large = try RandomVideo("\(folder.path)/large.mp4", mebibytes: 2).path
        expect(try publish([large], server: address, token: token), "large.mp4", "1 MiB")
        let full = try RandomVideo("\(folder.path)/full.mp4", mebibytes: 1).path
        expect(try publish([full], server: address, token: token), "full.mp4", "Try again in")
        #expect(try publish([clip], server: address, token: "").status == 1)
        #expect(clipyard.stop() == 0)
    }

    @Test(.timeLimit(.minutes(10))) func aRefusedFileKeepsNoOtherBackAndABrokenOneIsTold() async throws {
        let clipyard = try await start(["CLIPYARD_PROBE_SLOTS": "2"])
        let creator = try clipyard.api.register("ada")
        let (text, broken) = ("\(folder.path)/text.mp4", try RandomVideo("\(folder.path)/broken.mp4", mebibytes: 1))
        try String(repeating: "no video ", count: 1000).write(toFile: text, atomically: true, encoding: .utf8)
        let words = [text, broken.path, try Clips.short(), "--wait"]
        let all = try publish(words, server: clipyard.api.address, token: creator.token)
        #expect(all.status == 1)
        let errors = all.standardError.split(separator: "\n")
        #expect(errors.count == 2 && errors.allSatisfy { $0.hasPrefix("Error: ") }, "\(all.standardError)")
        #expect(errors.first?.contains("text.mp4: ") == true && errors.last?.contains("broken.mp4: ") == true)
        let play = all.standardOutput.trimmingCharacters(in: .whitespacesAndNewlines)
        #expect(play.hasSuffix("/play.mp4") && !play.contains("\n"))
        #expect(try HTTPAnswer(play, ["-r", "0-9", "-o", "/dev/null"]).status == 206)
        #expect(clipyard.stop() == 0)
    }

    /// `script` gives it a terminal.
    @Test(.timeLimit(.minutes(10))) func aTerminalShowsBytesRateAndTimeLeft() async throws {
        let clipyard = try await start()
        let video = try RandomVideo("\(folder.path)/clip.mp4", mebibytes: 64)
        let command = try Command(
            [
                "script", "-qefc", "'\(Programs.clipyard)' publish '\(video.path)' --server \(clipyard.api.address)",
                "/dev/null",
            ],
            environment: environment(try clipyard.api.register("ada").token)
        )
        #expect(command.status == 0)
        let bar = /clip\.mp4 +100 % +67\.1 of 67\.1 MB +[0-9.]+ MB\/s +0 s left/
        #expect(command.standardOutput.contains(bar), "\(command.standardOutput)")
        #expect(clipyard.stop() == 0)
    }
}
