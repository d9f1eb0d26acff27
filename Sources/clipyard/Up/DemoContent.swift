import Bootstrap
import Foundation
import Logging

/// The clips of `samples/`, published once through the API as any creator would.
struct DemoContent {
    let client: APIClient
    let home: Home
    let logger: Logger

    private static let containers: Set = ["mp4", "mov", "webm"]

    /// Does nothing when it was done before; a half-done first time is done again.
    func publishOnce() async throws {
        let files = FileManager.default
        guard !files.fileExists(atPath: home.demoMarker) else { return }
        guard let folder = ResourceFolder.find("samples") else {
            logger.warning("samples/ was not found, so the feed starts empty")
            return
        }
        let clips = try files.contentsOfDirectory(atPath: folder).filter {
            Self.containers.contains(URL(filePath: $0).pathExtension)
        }.sorted()
        let token = try await client.register(name: "demo-\(UInt16.random(in: 0 ... .max))", password: Self.password())
        for clip in clips {
            try await client.publish(file: "\(folder)/\(clip)", title: Self.title(of: clip), token: token)
            logger.info("published a sample", metadata: ["file": "\(clip)"])
        }
        files.createFile(atPath: home.demoMarker, contents: nil)
    }

    /// `harbour-at-dusk.mp4` is “Harbour at dusk”.
    private static func title(of file: String) -> String {
        let words = URL(filePath: file).deletingPathExtension().lastPathComponent.replacing("-", with: " ")
        return words.prefix(1).uppercased() + words.dropFirst()
    }

    /// Nobody needs to log in as the demo creator.
    private static func password() -> String { String(UInt64.random(in: 0 ... .max), radix: 16) + "-demo" }
}
