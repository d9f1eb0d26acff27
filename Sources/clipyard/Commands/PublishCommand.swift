import ArgumentParser
import Foundation

struct PublishCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "publish",
        abstract: "Upload a video to a Clipyard server.",
        discussion: "The token is the one that register or login answered; CLIPYARD_TOKEN holds it too."
    )

    @Argument(help: "The video to upload.", completion: .file())
    var file: String

    @Option(help: "The video's title.")
    var title: String

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

    func run() async throws {
        guard let token = token ?? ProcessInfo.processInfo.environment["CLIPYARD_TOKEN"] else {
            throw ValidationError("Say who publishes: --token TOKEN, or set CLIPYARD_TOKEN.")
        }
        for path in [file, cover].compactMap(\.self) where !FileManager.default.isReadableFile(atPath: path) {
            throw ValidationError("\(path) does not exist or may not be read.")
        }
        let bar = UploadProgressBar()
        try await APIClient(server: server).publish(
            file: file,
            cover: cover,
            fields: fields(token: token)
        ) { bar.show(sent: $0, of: $1) }
        bar.finish()
        print("Published: it appears in the feed once it is processed.")
    }

    private func fields(token: String) -> [(String, String)] {
        let wishes = [("cover_seconds", coverAt.map { "\($0)" }), ("pipeline", pipeline)]
        return [("token", token), ("title", title)] + wishes.compactMap { name, value in value.map { (name, $0) } }
    }
}
