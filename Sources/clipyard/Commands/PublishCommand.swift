import ArgumentParser
import Foundation

struct PublishCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "publish",
        abstract: "Upload videos to a Clipyard server.",
        discussion: """
            The token is the one that register or login answered; CLIPYARD_TOKEN holds it too. An upload that breaks off \
            goes on where it was, also when the command is run again with the same file and options.
            """
    )

    @Argument(help: "The videos to upload.", completion: .file())
    var files: [String]

    @Option(
        name: .customLong("title"),
        help: "The video's title, once for each file; without it, the name of the file."
    )
    var titles: [String] = []

    @Option(help: "An image that becomes the cover.", completion: .file())
    var cover: String?

    @Option(help: ArgumentHelp("The time of the picture that becomes the cover.", valueName: "seconds"))
    var coverAt: Double?

    @Option(help: "What is done to the video: one of the definitions that the server allows.")
    var pipeline: String?

    @Option(help: "The server's address.")
    var server = "http://127.0.0.1:8080"

    @Option(help: "Who publishes.")
    var token: String?

    @Flag(help: "Wait until the videos have been processed, and print where they can be played.")
    var wait = false

    func validate() throws {
        guard titles.isEmpty || titles.count == files.count else {
            throw ValidationError(
                "There are \(files.count) files and \(titles.count) titles; give each file one, or none."
            )
        }
    }

    func run() async throws {
        guard let token = token ?? ProcessInfo.processInfo.environment["CLIPYARD_TOKEN"] else {
            throw ValidationError("Say who publishes: --token TOKEN, or set CLIPYARD_TOKEN.")
        }
        if let cover { _ = try LocalVideo(cover) }
        // All of them are looked at before the first is sent.
        let videos = try files.map(LocalVideo.init)
        for (index, video) in videos.enumerated() {
            try await publish(video, title: titles.isEmpty ? nil : titles[index], token: token)
        }
    }

    private func publish(_ video: LocalVideo, title: String?, token: String) async throws {
        let server = server.hasSuffix("/") ? String(server.dropLast()) : server
        let outcome = try await ResumableUpload(
            server: server,
            token: token,
            video: video,
            wishes: wishes(title: title),
            cover: cover
        ).run()
        if outcome.is_duplicate {
            print("\(video.name): you have published these bytes before, as video \(outcome.video_id).")
        }
        if wait {
            print(try await ProcessingWait(server: server, token: token).playURL(of: outcome.video_id))
        } else if !outcome.is_duplicate {
            print("Published: it appears in the feed once it is processed.")
        }
    }

    private func wishes(title: String?) -> [(String, String)] {
        [("title", title), ("cover_seconds", coverAt.map { "\($0)" }), ("pipeline", pipeline)]
            .compactMap { name, value in value.map { (name, $0) } }
    }
}
