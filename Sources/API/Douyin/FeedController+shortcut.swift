import Domain
import Feed
import HTTPTypes
import NIOCore

/// The feed without waiting, for whoever reads requests.
extension FeedController {
    /// What a request can be answered with at once.
    enum Shortcut {
        case ready(ByteBuffer)
        /// Once it is known what of the page the viewer likes.
        case marked(Page, viewer: UserID, Language)
    }

    /// `nil` for everything that is not the plain case: it goes the ordinary way, also to be refused.
    func shortcut(for request: HTTPRequest, peer: SocketAddress?) -> Shortcut? {
        guard request.method == .get, let query = Self.query(of: request.path),
            let parameters = try? DouyinParameters(query: query, headers: request.headerFields),
            let cursor = try? FeedCursor(latestTime: parameters.integer("latest_time"))
        else { return nil }
        let language = Language(acceptLanguage: request.headerFields[.acceptLanguage])
        let viewer = parameters.token.map { gate.tokens.recall($0) }
        guard viewer != .some(nil), let page = feed.readyPage(from: cursor), isAllowed(request, peer, viewer ?? nil)
        else { return nil }
        if let viewer = viewer ?? nil { return .marked(page, viewer: viewer, language) }
        return .ready(readyPage(cursor, language) ?? Self.encode(page, nil, language))
    }

    private func isAllowed(_ request: HTTPRequest, _ peer: SocketAddress?, _ viewer: UserID?) -> Bool {
        do {
            try gate.limits.charge(request.headerFields, peer: peer, for: .read)
            if let viewer { try gate.limits.charge(viewer, for: .read) }
            return true
        } catch {
            return false
        }
    }

    /// What follows the path of the feed; `nil` for other paths.
    private static func query(of path: String?) -> String? {
        guard let path, path.hasPrefix("/douyin/feed") else { return nil }
        let rest = path.dropFirst("/douyin/feed".count)
        let query = rest.hasPrefix("/") ? rest.dropFirst() : rest
        return query.isEmpty ? "" : query.hasPrefix("?") ? String(query.dropFirst()) : nil
    }
}
