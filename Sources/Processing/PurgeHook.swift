import Foundation
import NIOCore
public import ObjectStorage

/// Where a CDN, or a script before one, is told what to forget.
public struct PurgeHook: Sendable {
    private let url: String
    private let publicURL: String
    private let client: CurlClient

    /// `url` gets the requests; `publicURL` is what viewers put before every path.
    public init(url: String, publicURL: String, client: CurlClient = CurlClient(deadlines: Self.deadlines)) {
        self.url = url
        self.publicURL = publicURL.hasSuffix("/") ? String(publicURL.dropLast()) : publicURL
        self.client = client
    }

    public static let deadlines = CurlDeadlines(connectSeconds: 5, stalledSeconds: 15, totalSeconds: 30)

    /// What is sent, as JSON.
    struct Message: Codable, Equatable {
        let videoID: String
        /// Everything below these is gone.
        let prefixes: [String]
        /// The same below the public URL.
        let urls: [String]

        private enum CodingKeys: String, CodingKey {
            case videoID = "video_id"
            case prefixes, urls
        }
    }

    /// Sends one request; any answer but 2xx is an error, and its body stays out of the log.
    func purge(video: String, folders: [String]) async throws {
        let prefixes = folders.map { "/media/\($0)" } + ["/v/\(video)/"]
        let message = Message(videoID: video, prefixes: prefixes, urls: prefixes.map { publicURL + $0 })
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let body = CurlBody.bytes(ByteBuffer(bytes: try encoder.encode(message)))
        let request = CurlRequest(
            "POST",
            url,
            headers: ["Content-Type": "application/json"],
            body: body,
            deadlines: client.deadlines,
            trust: client.trust
        )
        let status: Int
        do {
            status = try await client.send(request).status
        } catch let error as CurlError {
            // Without the address, whose path can be a secret as well.
            throw PurgeFailed(description: "CLIPYARD_PURGE_URL does not answer: \(error.message)")
        }
        guard (200..<300).contains(status) else {
            throw PurgeFailed(description: "CLIPYARD_PURGE_URL answered \(status), which is not 2xx")
        }
    }
}

/// What was to be forgotten was not taken.
struct PurgeFailed: Error, CustomStringConvertible { let description: String }
