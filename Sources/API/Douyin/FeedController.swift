import Database
import Domain
import Feed
import Hummingbird
import NIOCore

/// `/douyin/feed/`: what everyone may see, newest first.
struct FeedController {
    typealias Page = LiveFeed<DouyinFeedRenderer>.Page

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
        if viewer == nil, let page = readyPage(cursor, language) { return page }
        let page = try await feed.page(from: cursor)
        let marks: ViewerMarks? = if let viewer { try await feed.marks(of: viewer, on: page) } else { nil }
        return Self.encode(page, marks, language)
    }

    /// What most people ask for, as it was rendered last.
    func readyPage(_ cursor: FeedCursor, _ language: Language) -> ByteBuffer? {
        cursor == .newest && language == .english ? feed.firstPage : nil
    }

    static func encode(_ page: Page, _ marks: ViewerMarks?, _ language: Language) -> ByteBuffer {
        let message = Phrase.success(in: language)
        let indices = page.videos.indices
        return DouyinFeedRenderer.page(nextTime: page.nextTime, message: message, videos: indices) { index, buffer in
            page.videos[index].write(
                to: &buffer,
                isFollow: marks?.followed.contains(page.authors[index]) ?? false,
                isFavorite: marks?.favorites.contains(page.ids[index]) ?? false
            )
        }
    }
}
