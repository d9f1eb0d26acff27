import Foundation
import TestSupport
import Testing

/// `clipyard up` with a certificate: HTTPS and HTTP/2 from registering to playing.
@Suite(.serialized) struct TLSTests {
    private let folder: TemporaryFolder
    private var certificate: String { "\(folder.path)/cert.pem" }
    private var key: String { "\(folder.path)/key.pem" }

    init() throws {
        folder = try TemporaryFolder()
        let made = try Command([
            "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=clips.test",
            "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate,
        ])
        try #require(made.status == 0, "\(made.standardError)")
    }

    /// Asks by HTTP/2, as whoever trusts the certificate.
    private func ask(_ address: String, _ arguments: [String] = []) throws -> HTTPAnswer {
        let answer = try HTTPAnswer(address, ["--http2", "--cacert", certificate] + arguments)
        #expect(answer.protocolName == "HTTP/2")
        return answer
    }

    @Test(.timeLimit(.minutes(10))) func everythingWorksByHTTP2() async throws {
        let clipyard = try await RunningClipyard(
            home: "\(folder.path)/home",
            environment: ["CLIPYARD_TLS_CERTIFICATE": certificate, "CLIPYARD_TLS_KEY": key]
        )
        let address = "https://127.0.0.1:\(clipyard.port)"
        let account = try ask("\(address)/douyin/user/register/?username=ada&password=lovelace", ["-X", "POST"])
        let token = try #require(account.json["token"] as? String, "\(account.body)")
        let environment = ["XDG_STATE_HOME": "\(folder.path)/state", "CLIPYARD_TOKEN": token]
        let words = [Programs.clipyard, "publish", try Clips.short(), "--server", address]
        let distrustful = try Command(words, environment: environment)
        #expect(distrustful.status == 1 && distrustful.standardError.contains("--ca-file"))
        let published = try Command(words + ["--wait", "--ca-file", certificate], environment: environment)
        #expect(published.status == 0, "\(published.standardError)")

        let form = ["-F", "data=@\(try Clips.short())", "-F", "token=\(token)", "-F", "title=By form"]
        #expect(try ask("\(address)/douyin/publish/action/", form).code == 0)
        let feed = try ask("\(address)/douyin/feed/")
        let play = try #require(feed.list("video_list").first?["play_url"] as? String, "\(feed.body)")
        #expect(play.hasPrefix("\(address)/media/"))
        let list = try ask(play.replacing("/play.mp4", with: "/hls/master.m3u8"), ["--compressed"])
        #expect(list.status == 200 && list.body.hasPrefix("#EXTM3U"))
        #expect(list.headers["content-type"] == "application/vnd.apple.mpegurl")
        #expect(try ask(play, ["-r", "4-7"]).body == "ftyp")
        // Who speaks plain HTTP there is told where to go.
        let plain = try HTTPAnswer("http://127.0.0.1:\(clipyard.port)/douyin/feed/")
        #expect(plain.status == 301 && plain.headers["location"] == "\(address)/douyin/feed/")
        #expect(clipyard.stop() == 0)
    }

    @Test func aCertificateThatIsNotThereIsNamed() throws {
        let command = try Command(
            [Programs.clipyard, "up"],
            environment: [
                "CLIPYARD_HOME": "\(folder.path)/home", "CLIPYARD_PORT": "\(try FreePort.next())",
                "CLIPYARD_TLS_CERTIFICATE": "\(folder.path)/none.pem", "CLIPYARD_TLS_KEY": key,
            ],
            in: Programs.checkout
        )
        #expect(command.status == 1 && command.standardError.contains("none.pem cannot be read"))
    }
}
