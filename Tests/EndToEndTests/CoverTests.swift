import Foundation
import Testing

/// An image that a creator sends along becomes the cover.
@Suite(.serialized) struct CoverTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func ffmpeg(_ arguments: [String]) throws -> String {
        let command = try Command(["ffmpeg", "-v", "error", "-y"] + arguments)
        try #require(command.status == 0, "ffmpeg: \(command.standardError)")
        return command.standardOutput
    }

    private func makePicture(_ name: String, _ color: String) throws -> String {
        let path = "\(folder.path)/\(name)"
        _ = try ffmpeg(["-f", "lavfi", "-i", "color=\(color):size=640x360", "-frames:v", "1", path])
        return path
    }

    /// Red, green and blue of the picture's mean, 0 to 255.
    private func mean(of picture: String) throws -> [Int] {
        let pixel = "\(folder.path)/pixel"
        let scale = ["-i", picture, "-vf", "scale=1:1:flags=area", "-frames:v", "1"]
        _ = try ffmpeg(scale + ["-f", "rawvideo", "-pix_fmt", "rgb24", pixel])
        return try Data(contentsOf: URL(filePath: pixel)).map { Int($0) }
    }

    @Test(.timeLimit(.minutes(10)), arguments: [("red.png", "red", 0), ("blue.jpg", "blue", 2)])
    func theFeedShowsTheImageOfTheCreator(name: String, color: String, channel: Int) async throws {
        let clipyard = try await RunningClipyard(home: "\(folder.path)/home")
        let creator = try clipyard.api.register("ada")
        let published = try Command(
            [
                Programs.clipyard, "publish", "\(Programs.checkout)/samples/silent.mp4", "--wait", "--cover",
                try makePicture(name, color), "--server", clipyard.api.address,
            ],
            environment: ["XDG_STATE_HOME": "\(folder.path)/state", "CLIPYARD_TOKEN": creator.token]
        )
        #expect(published.status == 0, "\(published.standardError)")
        let cover = "\(folder.path)/cover"
        let answer = try HTTPAnswer(try #require(try clipyard.api.feed().first).cover_url, ["-o", cover])
        #expect(answer.status == 200 && answer.headers["content-type"]?.hasPrefix("image/") == true)
        let mean = try mean(of: cover)
        for index in 0..<3 { #expect(index == channel ? mean[index] > 220 : mean[index] < 35, "\(mean)") }
        #expect(clipyard.stop() == 0)
    }
}
