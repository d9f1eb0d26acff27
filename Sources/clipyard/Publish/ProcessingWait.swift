import Foundation
import ObjectStorage

/// Waits until a video has been processed.
struct ProcessingWait: Sendable {
    private static let interval = Duration.seconds(1)

    let server: PublishServer

    private struct Video: Decodable {
        struct Failure: Decodable { let message: String }
        struct Media: Decodable { let play_url: String }

        let state: String
        let failure: Failure?
        let media: Media?
    }

    /// Returns the address at which it can be played.
    ///
    /// - Throws: ``PublishRefusal`` with the reason if it cannot be processed.
    func playURL(of id: Int64) async throws -> String {
        while true {
            let video = try await ask(id)
            if let failure = video.failure { throw PublishRefusal(status: 422, message: failure.message) }
            if video.state == "complete", let media = video.media { return media.play_url }
            try await Task.sleep(for: Self.interval)
        }
    }

    private func ask(_ id: Int64) async throws -> Video {
        do {
            return try await server.persistently {
                let answer = try await server.send("GET", "\(server.address)/api/v1/videos/\(id)")
                return try JSONDecoder().decode(Video.self, from: Data(answer.body))
            }
        } catch let refusal as PublishRefusal where refusal.status == 404 {
            throw PublishRefusal(status: 404, message: "The video was removed before it was ready.")
        }
    }
}
