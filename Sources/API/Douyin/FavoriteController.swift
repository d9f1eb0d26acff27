import Database
import Domain
import Hummingbird

/// `/douyin/favorite/`: likes.
struct FavoriteController {
    let favorites: Favorites
    let videos: Videos
    let users: Users
    let gate: Gate
    let addresses: PublicAddresses
    let listLimit: Int

    func addRoutes(to routes: DouyinRoutes) {
        routes.on(.post, "/douyin/favorite/action", .write, use: act)
        routes.on(.get, "/douyin/favorite/list", .read, use: list)
    }

    @Sendable func act(_ request: Request, context: APIContext) async throws -> Response {
        await context.answer {
            let parameters = try await DouyinParameters(request)
            let caller = try await gate.requireCaller(parameters, for: .write)
            let video = VideoID(rawValue: try parameters.requireInteger("video_id"))
            let isKnown =
                switch try parameters.requireAction() {
                case .first: try await favorites.add(video, by: caller)
                case .second: try await favorites.remove(video, by: caller)
                }
            guard isKnown else { throw APIError.unknownVideo(video) }
            return NoAnswer.empty
        }
    }

    @Sendable func list(_ request: Request, context: APIContext) async throws -> Response {
        await context.answer {
            let parameters = try await DouyinParameters(request)
            let caller = try await gate.caller(parameters, for: .read)
            let user = try gate.subject(parameters, caller: caller)
            let list = try await videos.listFavorites(of: user, viewer: caller, limit: listLimit)
            if list.isEmpty { try await users.require(user) }
            return VideoListAnswer(list, addresses: addresses)
        }
    }
}
