import Foundation
import ObjectStorage

/// Waits until a video has been processed.
struct ProcessingWait: Sendable {
    private static let interval = Duration.seconds(1)

    let server: String
    let token: String

    private struct Video: Decodable {
        struct Failure: Decodable { let message: String }
        struct Media: Decodable { let play_url: String }

        let state: String
        let failure: Failure?
        let media: Media?
    }

    /// Returns the address at which it can be played.
    ///
    /// - Throws: ``UpError`` with the reason if it cannot be processed.
    func playURL(of id: Int64) async throws -> String {
        while true {
            // A server that restarts is waited for as well.
            if let video = try await ask(id) {
                if let failure = video.failure { throw UpError(failure.message) }
                if video.state == "complete", let media = video.media { return media.play_url }
            }
            try await Task.sleep(for: Self.interval)
        }
    }

    private func ask(_ id: Int64) async throws -> Video? {
        let request = CurlRequest(
            "GET",
            "\(server)/api/v1/videos/\(id)",
            headers: ["Authorization": "Bearer \(token)"]
        )
        guard let answer = try? await CurlClient().send(request) else { return nil }
        guard answer.status != 404 else { throw UpError("The video was removed before it was ready.") }
        return try? JSONDecoder().decode(Video.self, from: Data(answer.body))
    }
}
