import Foundation
import Glibc
import TestSupport
import Testing

/// Uploads that outlive the server's processes.
@Suite(.serialized) struct UploadKillTests {
    private struct Client {
        let token: String
        /// Without the server.
        var path = ""

        func create(_ server: String, length: Int) throws -> Client {
            let title = Data("Killed".utf8).base64EncodedString()
            let answer = try HTTPAnswer(
                "\(server)/api/v1/uploads",
                ["-X", "POST"] + headers(["Upload-Length: \(length)", "Upload-Metadata: title \(title)"])
            )
            return Client(token: token, path: try #require(answer.headers["location"], "\(answer.body)"))
        }

        func headers(_ more: [String] = []) -> [String] {
            (["Tus-Resumable: 1.0.0", "Authorization: Bearer \(token)"] + more).flatMap { ["-H", $0] }
        }

        func offset(_ server: String) throws -> Int {
            let answer = try HTTPAnswer(server + path, ["-I"] + headers())
            return try #require(answer.headers["upload-offset"].flatMap { Int($0) }, "\(answer.status)")
        }

        /// What is acknowledged, without disturbing whoever sends.
        func acknowledged(_ server: String) throws -> Int {
            try #require(try HTTPAnswer(server + path, headers()).json["offset"] as? Int)
        }

        /// Begins to send a file from an offset on, up to so many bytes.
        func send(_ file: String, from offset: Int, count: Int? = nil, _ server: String, rate: String) throws -> Process
        {
            let process = Process()
            let words = headers([
                "Upload-Offset: \(offset)", "Content-Type: application/offset+octet-stream", "Expect:",
            ])
            .map { "'\($0)'" }.joined(separator: " ")
            let cut = count.map { "| head -c \($0)" } ?? ""
            process.executableURL = URL(filePath: "/bin/sh")
            process.arguments = [
                "-c",
                "tail -c +\(offset + 1) '\(file)' \(cut) | curl -sS -f --limit-rate \(rate) -X PATCH -T - \(words) \(server)\(path)",
            ]
            process.standardOutput = FileHandle.nullDevice
            process.standardError = FileHandle.nullDevice
            try process.run()
            return process
        }
    }

    /// At any byte, and each time no more is sent again than was not acknowledged.
    @Test(.timeLimit(.minutes(10))) func fiftyKillsLoseNothing() async throws {
        let (kills, mebibytes) = (50, 200)
        let folder = try TemporaryFolder()
        let clipyard = try await RunningClipyard(
            home: "\(folder.path)/home",
            environment: ["CLIPYARD_PROBE_SLOTS": "0"]
        )
        let video = try RandomVideo("\(folder.path)/clip.mp4", mebibytes: mebibytes)
        let (file, size) = (video.path, video.sizeBytes)
        let (settings, port) = (try clipyard.settings(), try FreePort.next())
        var client = Client(token: try clipyard.api.register("ada").token)
        var acknowledged = 0
        let dice = Dice(seed: Random.seed())
        for kill in 0..<kills {
            let server = try await ServeProcess(beside: clipyard, port: port, settings: settings)
            if kill == 0 { client = try client.create(server.address, length: size) }
            let offset = try client.offset(server.address)
            #expect(offset >= acknowledged)
            #expect(offset < size)
            let sender = try client.send(file, from: offset, server.address, rate: "60M")
            // Near the end only so long that something is under way.
            let longest = offset > size * 9 / 10 ? 10 : 220
            try await Task.sleep(for: .milliseconds(dice.roll(0...longest)))
            acknowledged = max(offset, (try? client.acknowledged(server.address)) ?? 0)
            server.killNow()
            sender.waitUntilExit()
        }
        let server = try await ServeProcess(beside: clipyard, port: port, settings: settings)
        let offset = try client.offset(server.address)
        #expect(offset >= acknowledged)
        let sender = try client.send(file, from: offset, server.address, rate: "1000M")
        sender.waitUntilExit()
        #expect(sender.terminationStatus == 0)
        try await video.expectStored(by: clipyard)
        #expect(clipyard.stop() == 0)
    }

    /// No process knows what another has in memory, and none needs to.
    @Test(.timeLimit(.minutes(10))) func twoProcessesTakeTurns() async throws {
        let folder = try TemporaryFolder()
        let clipyard = try await RunningClipyard(
            home: "\(folder.path)/home",
            environment: ["CLIPYARD_PROBE_SLOTS": "0"]
        )
        let video = try RandomVideo("\(folder.path)/clip.mp4", mebibytes: 12)
        let (file, size) = (video.path, video.sizeBytes)
        let settings = try clipyard.settings()
        var servers: [ServeProcess] = []
        for _ in 1...2 {
            servers.append(
                try await ServeProcess(beside: clipyard, port: try FreePort.next(), settings: settings)
            )
        }
        var client = Client(token: try clipyard.api.register("ada").token)
        client = try client.create(servers[0].address, length: size)
        // One that hangs in the first process does not lock the second out.
        let hanging = try client.send(file, from: 0, servers[0].address, rate: "10k")
        try await Task.sleep(for: .milliseconds(300))
        var turn = 1
        while case let offset = try client.offset(servers[turn % 2].address), offset < size {
            let count = min(1 << 20, size - offset)
            let sender = try client.send(file, from: offset, count: count, servers[turn % 2].address, rate: "1000M")
            sender.waitUntilExit()
            #expect(sender.terminationStatus == 0, "turn \(turn) at \(offset)")
            turn += 1
        }
        #expect(turn >= 12)
        kill(hanging.processIdentifier, SIGTERM)
        hanging.waitUntilExit()
        try await video.expectStored(by: clipyard)
        #expect(clipyard.stop() == 0)
    }
}
