import Database
import Domain
import Jobs
import Postgres

/// A public function of the module with arguments by chance.
struct DatabaseCall: Sendable {
    typealias Body = @Sendable (_ place: BusyPlace, _ pool: PostgresPool) async throws -> Void

    /// As it is written: `Videos.newest`.
    let name: String
    /// Calls it on a pool that is watched; what it needs beforehand is done on `place.setup`.
    let body: Body

    init(_ name: String, _ body: @escaping Body) {
        self.name = name
        self.body = body
    }
}

/// What most requests do: they must cost the same however many videos and users there are.
extension DatabaseCall {
    /// As many as a page of the feed has.
    static let pageOfFeed = 30
    /// As many as a list may have.
    static let longList = 1000

    static func reads(limit: Int = pageOfFeed) -> [DatabaseCall] { videoReads(limit) + peopleReads(limit) }

    private static func videoReads(_ limit: Int) -> [DatabaseCall] {
        [
            DatabaseCall("Videos.newest") { place, pool in
                _ = try await Videos(pool: pool).newest(before: place.milliseconds, limit: limit, viewer: place.user)
            },
            DatabaseCall("Videos.newest") { _, pool in
                _ = try await Videos(pool: pool).newest(before: .max, limit: limit)
            },
            DatabaseCall("Videos.find") { place, pool in
                _ = try await Videos(pool: pool).find((0..<limit).map { _ in place.video })
            },
            DatabaseCall("Videos.marks") { place, pool in
                let (videos, authors) = ((0..<limit).map { _ in place.video }, (0..<limit).map { _ in place.user })
                _ = try await Videos(pool: pool).marks(of: [place.user], videos: videos, authors: authors)
            },
            DatabaseCall("Videos.list") { place, pool in
                _ = try await Videos(pool: pool).list(author: place.user, viewer: place.user, limit: limit)
            },
            DatabaseCall("Videos.listFavorites") { place, pool in
                _ = try await Videos(pool: pool).listFavorites(of: place.user, viewer: place.user, limit: limit)
            },
            DatabaseCall("Videos.status") { place, pool in
                _ = try await Videos(pool: pool).status(of: place.video, viewer: place.user)
            },
            DatabaseCall("Videos.progress") { place, pool in
                _ = try await Videos(pool: pool).progress(of: place.video)
            },
            DatabaseCall("VideoParts.list") { place, pool in _ = try await VideoParts(pool).list(of: place.video) },
            DatabaseCall("Videos.location") { place, pool in _ = try await Videos(pool: pool).location(of: place.video)
            },
            DatabaseCall("Videos.hasPublicMedia") { place, pool in
                _ = try await Videos(pool: pool).hasPublicMedia(place.video)
            },
            DatabaseCall("Videos.hasPrivateMedia") { place, pool in
                _ = try await Videos(pool: pool).hasPrivateMedia(place.video)
            },
            DatabaseCall("Videos.source") { place, pool in _ = try await Videos(pool: pool).source(of: place.video) },
            DatabaseCall("Videos.isVisible") { place, pool in
                _ = try await Videos(pool: pool).isVisible(place.video, to: place.user)
            },
        ]
    }

    private static func peopleReads(_ limit: Int) -> [DatabaseCall] {
        [
            DatabaseCall("Users.exists") { place, pool in _ = try await Users(pool).exists(place.user) },
            DatabaseCall("Users.find") { place, pool in _ = try await Users(pool).find(place.user, viewer: place.user)
            },
            DatabaseCall("Users.findCredentials") { place, pool in
                _ = try await Users(pool).findCredentials(Username("user \(place.user)"))
            },
            DatabaseCall("Users.findCredentials") { place, pool in
                _ = try await Users(pool).findCredentials(of: place.user)
            },
            DatabaseCall("Users.endedSessions") { place, pool in
                _ = try await Users(pool).endedSessions(after: place.milliseconds)
            },
            DatabaseCall("Users.revocations") { _, pool in _ = try await Users(pool).revocations(withinSeconds: 3600) },
            DatabaseCall("Follows.listFollowed") { place, pool in
                _ = try await Follows(pool).listFollowed(by: place.user, viewer: place.user, limit: limit)
            },
            DatabaseCall("Follows.listFollowers") { place, pool in
                _ = try await Follows(pool).listFollowers(of: place.user, viewer: place.user, limit: limit)
            },
            DatabaseCall("Follows.listFollowers") { place, pool in
                _ = try await Follows(pool).listFollowers(of: place.hotUser, viewer: nil, limit: limit)
            },
            DatabaseCall("Follows.listFriends") { place, pool in
                let user = place.user
                _ = try await Follows(pool).listFriends(of: user, viewer: user, limit: limit)
            },
            DatabaseCall("Follows.listFriends") { place, pool in
                _ = try await Follows(pool).listFriends(of: place.user, viewer: nil, limit: limit)
            },
            DatabaseCall("Comments.list") { place, pool in
                _ = try await Comments(pool).list(of: place.video, viewer: place.user, limit: limit)
            },
            DatabaseCall("Comments.list") { place, pool in
                _ = try await Comments(pool).list(of: place.hotVideo, viewer: nil, limit: limit)
            },
            DatabaseCall("Messages.list") { place, pool in
                let user = place.user
                let other = UserID(rawValue: user.rawValue % place.scale.users + 1)
                _ = try await Messages(pool).list(between: user, and: other, after: 0, limit: limit)
            },
            DatabaseCall("Reviews.list") { _, pool in _ = try await Reviews(pool).list(limit: limit) },
        ]
    }
}
