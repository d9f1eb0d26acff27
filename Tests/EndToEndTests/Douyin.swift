import Foundation
import Testing

/// A client of the API that is nothing but curl.
struct Douyin {
    let address: String

    struct Answer: Decodable {
        var status_code: Int
        var status_msg: String
        var user_id: Int64?
        var token: String?
        var video_list: [Video]?
        var next_time: Int64?
    }

    struct Video: Decodable {
        struct Author: Decodable { var id: Int64, name: String }
        var id: Int64
        var author: Author
        var play_url: String
        var cover_url: String
        var title: String
        var status: String?
        var status_reason: String?
    }

    func register(_ name: String) throws -> (id: Int64, token: String) {
        let answer = try call([
            "-X", "POST", "\(address)/douyin/user/register/?username=\(name)&password=secret-\(name)",
        ])
        return (try #require(answer.user_id), try #require(answer.token))
    }

    func publish(_ file: String, title: String, token: String) throws -> Answer {
        try call([
            "-F", "data=@\(file);filename=../public/bear.mp4;type=application/octet-stream", "-F", "token=\(token)",
            "-F", "title=\(title)", "\(address)/douyin/publish/action/",
        ])
    }

    func list(of user: Int64, token: String = "") throws -> [Video] {
        try #require(try call(listAddress(of: user, token: token)).video_list)
    }

    private func listAddress(of user: Int64, token: String) -> [String] {
        ["\(address)/douyin/publish/list/?user_id=\(user)&token=\(token)"]
    }

    func feed() throws -> [Video] { try #require(try call(["\(address)/douyin/feed/"]).video_list) }

    func call(_ arguments: [String]) throws -> Answer {
        let command = try Command(["curl", "-sS", "--max-time", "60"] + arguments)
        try #require(command.status == 0, "curl: \(command.standardError)")
        return try JSONDecoder().decode(Answer.self, from: Data(command.standardOutput.utf8))
    }

    /// What `/api/v1/videos/{id}` says.
    struct Status: Decodable {
        struct Media: Decodable {
            var play_url: String
            var hls_url: String
            var storyboard_url: String?
        }

        var state: String
        var playable_at: String?
        var complete_at: String?
        var media: Media?
    }

    func status(of video: Int64, token: String = "") throws -> Status {
        let command = try Command([
            "curl", "-sS", "--max-time", "60", "\(address)/api/v1/videos/\(video)?token=\(token)",
        ])
        try #require(command.status == 0, "curl: \(command.standardError)")
        return try JSONDecoder().decode(Status.self, from: Data(command.standardOutput.utf8))
    }

    /// Waits until everything of the creator's only video is made, or it is `failed`.
    func completed(of user: Int64, token: String, within seconds: Double = 120) async throws -> Video {
        let video = try await settled(of: user, token: token, within: seconds)
        guard video.status == "ready" else { return video }
        _ = try await eventually(within: seconds, "the video \(video.id) is complete") {
            // No answer at all while the database restarts.
            (try? status(of: video.id, token: token))?.state == "complete" ? true : nil
        }
        return try #require(try list(of: user, token: token).first)
    }

    /// Waits until the creator's only video is `ready` or `failed`.
    func settled(of user: Int64, token: String, within seconds: Double = 120) async throws -> Video {
        try await eventually(within: seconds, "the video of user \(user) is ready or failed") {
            // No list at all while the database restarts.
            try call(listAddress(of: user, token: token)).video_list?.first { ["ready", "failed"].contains($0.status) }
        }
    }
}

/// Asks again until there is an answer.
///
/// - Throws: after `seconds`, with what was waited for.
func eventually<Value>(
    within seconds: Double,
    _ what: String,
    sourceLocation: SourceLocation = #_sourceLocation,
    _ body: () async throws -> Value?
) async throws -> Value {
    let deadline = ContinuousClock.now + .seconds(seconds)
    while ContinuousClock.now < deadline {
        if let value = try await body() { return value }
        try await Task.sleep(for: .milliseconds(50))
    }
    return try #require(nil as Value?, "waited \(seconds) s: \(what)", sourceLocation: sourceLocation)
}
