import Foundation
import Glibc
import TestSupport
import Testing

/// Nothing that is logged lets anybody in.
@Suite(.serialized) struct SecretTests {
    private static let password = "Pa55-word-that-nobody-else-has"
    private static let signature = "AbCdEfGhIjKlMnOpQrStUv"

    /// Every file of a folder and of those below that could be a log.
    private func logs(of clipyard: RunningClipyard) throws -> [String] {
        let settings = try clipyard.sql("SHOW data_directory")
        let postgres = URL(filePath: settings).deletingLastPathComponent().appending(path: "server.log").path
        let folder = "\(clipyard.home)/logs"
        return try FileManager.default.contentsOfDirectory(atPath: folder).map { "\(folder)/\($0)" } + [postgres]
    }

    /// Sends what no log may hold, by query, body and header.
    private func sendSecrets(to address: String, token: String) throws {
        let words = "username=ada&password=\(Self.password)"
        for path in ["/douyin/user/login/?\(words)", "/douyin/feed/?token=\(token)", "/nowhere?token=\(token)"] {
            _ = try? HTTPAnswer("\(address)\(path)", ["-X", "POST"])
            _ = try? HTTPAnswer("\(address)\(path)")
        }
        _ = try? HTTPAnswer("\(address)/douyin/user/login/", ["-d", words])
        _ = try? HTTPAnswer("\(address)/douyin/user/login/%3f\(words)")
        _ = try? HTTPAnswer("\(address)/api/v1/me", ["-H", "Authorization: Bearer \(token)"])
        let signed = "/media/private/9999999999/\(Self.signature)/videos/1/1/play.mp4"
        for path in [signed, "\(signed)?token=\(token)", signed.replacing("private", with: "p%72ivate")] {
            _ = try? HTTPAnswer("\(address)\(path)", ["-o", "/dev/null"])
        }
        let port = try #require(Int(address.split(separator: ":").last ?? ""))
        for bad in ["GET /x?\(words) HTTP/9.1\r\n\r\n", "GET /x?\(words) HTTP/1.1\r\n\r\n", "\(words)\r\n\r\n"] {
            _ = try? HTTPConnection(port: port, keepsAlive: false).send(raw: bad)
        }
    }

    @Test(.timeLimit(.minutes(10))) func noLogHoldsAPasswordATokenOrASignature() async throws {
        let folder = try TemporaryFolder()
        let clipyard = try await RunningClipyard(
            home: "\(folder.path)/home",
            environment: ["CLIPYARD_LOG_LEVEL": "trace"]
        )
        let address = clipyard.api.address
        let account = try HTTPAnswer(
            "\(address)/douyin/user/register/",
            ["-H", "Content-Type: application/json", "-d", #"{"username":"ada","password":"\#(Self.password)"}"#]
        )
        let token = try #require(account.json["token"] as? String, "\(account.body)")
        let id = try #require(account.json["user_id"] as? Int)
        let form = ["-F", "data=@\(try Clips.short())", "-F", "token=\(token)", "-F", "title=Secrets"]
        #expect(try HTTPAnswer("\(address)/douyin/publish/action/", form).code == 0)
        _ = try await clipyard.api.completed(of: Int64(id), token: token)
        try sendSecrets(to: address, token: token)
        // The API is away, and comes back.
        let server = try #require(try clipyard.processes("clipyard serve").first)
        kill(server, SIGSTOP)
        kill(server, SIGKILL)
        _ = try await eventually(within: 60, "somebody is told that the API is away, or it is back") {
            try sendSecrets(to: address, token: token)
            let log = try String(contentsOfFile: "\(clipyard.home)/logs/nginx-error.log", encoding: .utf8)
            return log.contains("upstream failed") ? true : nil
        }
        let postgres = try #require(try clipyard.processes("postgres -D").first)
        kill(postgres, SIGQUIT)
        _ = try await eventually(within: 60, "everything answers again") {
            try sendSecrets(to: address, token: token)
            return try HTTPAnswer("\(address)/readyz").status == 200 ? true : nil
        }
        let secrets = try clipyard.settings().filter { $0.key.hasSuffix("SECRET") }.map(\.value)
        #expect(secrets.count == 2)
        let files = try logs(of: clipyard)
        #expect(clipyard.stop() == 0)
        try expect(
            files,
            toHoldNoneOf: secrets + [Self.password, Self.signature, token]
                + token.split(separator: ".").map(String.init).suffix(1)
        )
        for secret in secrets + [Self.password, token] { #expect(!clipyard.said.contains(secret)) }
    }

    private func expect(_ files: [String], toHoldNoneOf secrets: [String]) throws {
        #expect(files.count >= 6, "\(files)")
        var bytes = 0
        for file in files {
            let text = String(decoding: try Data(contentsOf: URL(filePath: file)), as: UTF8.self)
            bytes += text.utf8.count
            for secret in secrets {
                let line = text.split(separator: "\n").first { $0.contains(secret) }
                #expect(line == nil, "\(file) holds a secret: \(line ?? "")")
            }
            let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
            #expect((mode ?? 0o777) & 0o137 == 0, "\(file) is open to others: \(String(mode ?? 0, radix: 8))")
        }
        #expect(bytes > 10_000, "hardly anything was logged, so this would find nothing")
    }
}
