import Feed
import Hummingbird

/// `/douyin/feed/`: what everyone may see, newest first.
struct FeedController {
    let feed: NewestFeed
    let tokens: AccessTokens
    let addresses: PublicAddresses

    func addRoutes(to routes: DouyinRoutes) { routes.on(.get, "/douyin/feed", use: page) }

    struct FeedAnswer: DouyinAnswer {
        static let empty = FeedAnswer(videoList: [], nextTime: 0)

        let videoList: [DouyinVideo]
        /// Echoed as `latest_time`, it asks for the next page; milliseconds since 1970.
        let nextTime: Int64

        enum CodingKeys: String, CodingKey {
            case videoList = "video_list"
            case nextTime = "next_time"
        }
    }

    @Sendable func page(_ request: Request, context: APIContext) async throws -> Response {
        try await context.answer {
            let parameters = try await DouyinParameters(request)
            let caller = try await tokens.caller(parameters)
            let cursor = FeedCursor(latestTime: try parameters.integer("latest_time"))
            let page = try await feed.page(from: cursor, viewer: caller)
            let videos = page.videos.map { DouyinVideo($0, addresses: addresses) }
            return FeedAnswer(videoList: videos, nextTime: page.nextTime)
        }
    }
}
