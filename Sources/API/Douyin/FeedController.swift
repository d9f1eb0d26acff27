import Database
import Domain
import Feed
import Hummingbird
import NIOCore

/// `/douyin/feed/`: what everyone may see, newest first.
struct FeedController {
    let feed: LiveFeed<DouyinFeedRenderer>
    let gate: Gate

    func addRoutes(to routes: DouyinRoutes) { routes.on(.get, "/douyin/feed", .read, use: page) }

    /// The fields of a refusal.
    private struct NoFeed: DouyinAnswer {
        static let empty = NoFeed()

        func write(to json: inout JSONWriter) {
            json.member("video_list", [Int]()) { _, _ in }
            json.member("next_time", 0)
        }
    }

    @Sendable func page(_ request: Request, context: APIContext) async throws -> Response {
        do {
            let parameters = try await DouyinParameters(request)
            let cursor = FeedCursor(latestTime: try parameters.integer("latest_time"))
            let caller = try await gate.caller(parameters, for: .read)
            return Response(status: .ok, json: try await render(cursor, viewer: caller, language: context.language))
        } catch {
            return .douyin(refusal: context.refusal(for: error), language: context.language, answer: NoFeed.empty)
        }
    }

    private func render(_ cursor: FeedCursor, viewer: UserID?, language: Language) async throws -> ByteBuffer {
        if viewer == nil, cursor == .newest, language == .english, let page = feed.firstPage { return page }
        let page = try await feed.page(from: cursor)
        let message = Phrase.success(in: language)
        guard let viewer else {
            return DouyinFeedRenderer.page(nextTime: page.nextTime, message: message, videos: page.videos) {
                $1.writeImmutableBuffer($0.anonymous)
            }
        }
        let marks = try await feed.marks(of: viewer, on: page)
        let indices = page.videos.indices
        return DouyinFeedRenderer.page(nextTime: page.nextTime, message: message, videos: indices) { index, buffer in
            page.videos[index].write(
                to: &buffer,
                isFollow: marks.followed.contains(page.authors[index]),
                isFavorite: marks.favorites.contains(page.ids[index])
            )
        }
    }
}
