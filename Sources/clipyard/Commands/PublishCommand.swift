import ArgumentParser
import Foundation
import ObjectStorage

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

    @Option(
        help: "A PEM file with who vouches for the server, if that is nobody whom this machine trusts.",
        completion: .file()
    )
    var caFile: String?

    @Flag(help: "Wait until the videos have been processed, and print where they can be played.")
    var wait = false

    func validate() throws {
        guard publisher != nil else {
            throw ValidationError(
                "Say who publishes: --token TOKEN, or set CLIPYARD_TOKEN. Registering and logging in answer a token."
            )
        }
        guard titles.isEmpty || titles.count == files.count else {
            throw ValidationError(
                "There are \(files.count) files and \(titles.count) titles; give each file one, or none."
            )
        }
    }

    func run() async throws {
        // All of them are looked at before the first is sent.
        for file in [cover, caFile].compactMap({ $0 }) { _ = try LocalVideo(file) }
        let videos = try files.map(LocalVideo.init)
        let trust = caFile.map { CurlTrust.file(path: $0) } ?? .system
        let server = PublishServer(address: server, token: publisher ?? "", trust: trust)
        let uploaded = try await Interruption.cancelling(
            { try await upload(videos, to: server) },
            advice: "Stopped. The same command again goes on from here."
        )
        let isShown = try await Interruption.cancelling(
            { try await show(uploaded, on: server) },
            advice: "Stopped waiting. What is uploaded is processed all the same."
        )
        guard isShown, uploaded.count == videos.count else { throw ExitCode.failure }
    }

    private var publisher: String? { token ?? ProcessInfo.processInfo.environment["CLIPYARD_TOKEN"] }

    private struct Uploaded {
        let name: String
        let outcome: ResumableUpload.Outcome
    }

    /// Uploads one after the other; a refused one does not keep the others back.
    @Sendable private func upload(_ videos: [LocalVideo], to server: PublishServer) async throws -> [Uploaded] {
        var uploaded: [Uploaded] = []
        for (index, video) in videos.enumerated() {
            do {
                let wishes = wishes(title: titles.isEmpty ? nil : titles[index])
                let upload = ResumableUpload(server: server, video: video, wishes: wishes, cover: cover)
                uploaded.append(Uploaded(name: video.name, outcome: try await upload.run()))
            } catch let refusal as PublishRefusal {
                if refusal.concernsAll { throw UpError(refusal.message) }
                report(refusal, of: video.name)
            }
        }
        return uploaded
    }

    /// Says what became of each; returns whether all is well.
    @Sendable private func show(_ uploaded: [Uploaded], on server: PublishServer) async throws -> Bool {
        var isWell = true
        for video in uploaded {
            if video.outcome.is_duplicate {
                print("\(video.name): you have published this a moment ago, as video \(video.outcome.video_id).")
            }
            do {
                if wait {
                    print(try await ProcessingWait(server: server).playURL(of: video.outcome.video_id))
                } else if !video.outcome.is_duplicate {
                    print("\(video.name): published; it appears in the feed once it is processed.")
                }
            } catch let refusal as PublishRefusal {
                isWell = false
                report(refusal, of: video.name)
            }
        }
        return isWell
    }

    private func report(_ refusal: PublishRefusal, of name: String) {
        FileHandle.standardError.write(Data("Error: \(name): \(refusal.message)\n".utf8))
    }

    private func wishes(title: String?) -> [(String, String)] {
        [("title", title), ("cover_seconds", coverAt.map { "\($0)" }), ("pipeline", pipeline)]
            .compactMap { name, value in value.map { (name, $0) } }
    }
}
