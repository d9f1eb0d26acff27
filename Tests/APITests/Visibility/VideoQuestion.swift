import HTTPTypes

/// One way in which a request names a video, and which videos it answers of to whom.
struct VideoQuestion: Sendable, CustomStringConvertible {
    /// What has become of a video; nobody but its author may know of any but the first.
    enum State: String, CaseIterable, Sendable { case ready, processing, failed, removed, held, hidden }
    enum Role: CaseIterable, Sendable { case nobody, stranger, author }

    /// As it stands in the table of routes, with its method.
    let route: String
    /// With `{id}` for the video, `{comment}` for a comment of its author's on it, and `{signed}` for what a signed address
    /// of its media begins with.
    let path: String
    /// For the query, or for a body, where those may be in either.
    let parameters: [(String, String)]
    /// The states in which somebody gets what they ask for; in all others they get what they would get of no video.
    private let answers: [Role: Set<State>]
    /// Who is told that a video that is ready is not theirs to change.
    let forbidden: Set<Role>
    /// Whether the video is another one afterwards.
    let isDestructive: Bool

    /// All that its author can know of.
    static let own = Set(State.allCases).subtracting([.removed])

    init(
        _ route: String,
        _ path: String,
        _ parameters: [(String, String)] = [],
        nobody: Set<State> = [.ready],
        stranger: Set<State> = [.ready],
        author: Set<State> = [.ready],
        forbidden: Set<Role> = [],
        isDestructive: Bool = false
    ) {
        (self.route, self.path, self.parameters) = (route, path, parameters)
        answers = [.nobody: nobody, .stranger: stranger, .author: author]
        (self.forbidden, self.isDestructive) = (forbidden, isDestructive)
    }

    var method: HTTPRequest.Method { HTTPRequest.Method(String(route.prefix { $0 != " " })) ?? .get }
    var description: String { "\(route) \(path) \(parameters)" }

    func states(for role: Role) -> Set<State> { answers[role] ?? [] }
}

extension VideoQuestion {
    private static let like = "POST /douyin/favorite/action", comment = "POST /douyin/comment/action"
    private static let said = [("video_id", "{id}"), ("action_type", "1"), ("comment_text", "Hello")]
    private static let unsaid = [("video_id", "{id}"), ("action_type", "2"), ("comment_id", "{comment}")]

    static let all = [
        VideoQuestion("GET /v/*/play.mp4", "/v/{id}/play.mp4"),
        VideoQuestion("GET /v/*/cover.jpg", "/v/{id}/cover.jpg"),
        VideoQuestion("GET /api/v1/videos/*", "/api/v1/videos/{id}", author: own),
        VideoQuestion("GET /api/v1/videos/*/comments", "/api/v1/videos/{id}/comments", author: own),
        VideoQuestion("GET /internal/videos/*/access", "/internal/videos/{id}/access"),
        VideoQuestion("GET /media/**", "/media/videos/{id}/1/play.mp4"),
        // Whoever has a signed address has it, until the video is hidden or removed.
        VideoQuestion("GET /media/**", "/media/{signed}/play.mp4", signed: [.ready, .held]),
        VideoQuestion("GET /internal/media/private/**", "/internal/media/{signed}/play.mp4", signed: [.ready, .held]),
        VideoQuestion("GET /media/**", "/media/private/9999999999/x/videos/{id}/1/play.mp4", signed: []),
        VideoQuestion(
            "GET /internal/media/private/**",
            "/internal/media/private/9999999999/x/videos/{id}/1/play.mp4",
            signed: []
        ),
        VideoQuestion("GET /douyin/comment/list", "/douyin/comment/list/", [("video_id", "{id}")], author: own),
        VideoQuestion(comment, "/douyin/comment/action/", said, nobody: []),
        // Their own comment is somebody's to delete whatever has become of the video.
        VideoQuestion(
            comment,
            "/douyin/comment/action/",
            unsaid,
            nobody: [],
            stranger: [],
            author: Set(State.allCases),
            forbidden: [.stranger]
        ),
        VideoQuestion(like, "/douyin/favorite/action/", [("video_id", "{id}"), ("action_type", "1")], nobody: []),
        VideoQuestion(like, "/douyin/favorite/action/", [("video_id", "{id}"), ("action_type", "2")], nobody: []),
        VideoQuestion(
            "DELETE /api/v1/videos/*",
            "/api/v1/videos/{id}",
            nobody: [],
            stranger: [],
            author: own,
            forbidden: [.stranger],
            isDestructive: true
        ),
    ]

    /// Of a request whose address says all that there is to say, whoever sends it.
    private init(_ route: String, _ path: String, signed: Set<State>) {
        self.init(route, path, nobody: signed, stranger: signed, author: signed)
    }
}
