import Database
import Hummingbird

/// The routes of each service.
extension APIParts {
    func addRoutes(of service: APIService, to router: Router<APIContext>) {
        let routes = DouyinRoutes(router: router, limits: gate.limits)
        switch service {
        case .user: addUserRoutes(to: routes)
        case .video: addVideoRoutes(to: routes)
        case .interaction: addInteractionRoutes(to: routes)
        case .relation: addRelationRoutes(to: routes)
        case .message: addMessageRoutes(to: routes)
        }
    }

    var feedController: FeedController { FeedController(feed: feed, gate: gate) }

    private func addUserRoutes(to routes: DouyinRoutes) {
        let throttle = LoginThrottle(configuration)
        AccountController(
            users: users,
            passwords: passwords,
            throttle: throttle,
            gate: gate,
            content: content,
            addresses: addresses,
            commonPasswords: configuration.commonPasswords
        ).addRoutes(to: routes)
        ProfileController(
            users: users,
            store: services.store,
            passwords: passwords,
            throttle: throttle,
            gate: gate,
            content: content,
            addresses: addresses,
            pictureMaxBytes: configuration.pictureMaxBytes,
            revoked: revoked,
            commonPasswords: configuration.commonPasswords
        ).addRoutes(to: routes.router)
        ProfileImages().addRoutes(to: routes.router)
        PageController(videos: videos, comments: Comments(services.pool), gate: gate, addresses: addresses)
            .addOwnRoutes(to: routes.router)
    }

    private func addVideoRoutes(to routes: DouyinRoutes) {
        feedController.addRoutes(to: routes)
        PublishController(
            users: users,
            videos: videos,
            core: uploads,
            gate: gate,
            content: content,
            addresses: addresses,
            listLimit: configuration.listLimit
        ).addRoutes(to: routes)
        UploadController(core: uploads, gate: gate, content: content, addresses: addresses).addRoutes(to: routes.router)
        VideoController(videos: videos, gate: gate, addresses: addresses).addRoutes(to: routes.router)
        VideoLinkController(videos: videos, addresses: addresses, retrySeconds: configuration.processingRetrySeconds)
            .addRoutes(to: routes.router)
        PageController(videos: videos, comments: Comments(services.pool), gate: gate, addresses: addresses)
            .addVideoRoutes(to: routes.router)
        AccessController(videos: videos, privateLinks: privateLinks).addRoutes(to: routes.router)
        if configuration.servesMedia {
            MediaController(store: services.store, videos: videos, privateLinks: privateLinks)
                .addRoutes(to: routes.router)
        }
    }

    private func addInteractionRoutes(to routes: DouyinRoutes) {
        FavoriteController(
            favorites: Favorites(services.pool),
            videos: videos,
            users: users,
            gate: gate,
            addresses: addresses,
            listLimit: configuration.listLimit
        ).addRoutes(to: routes)
        CommentController(
            comments: Comments(services.pool),
            videos: videos,
            users: users,
            gate: gate,
            content: content,
            addresses: addresses,
            listLimit: configuration.listLimit
        ).addRoutes(to: routes)
    }

    private func addRelationRoutes(to routes: DouyinRoutes) {
        RelationController(
            follows: Follows(services.pool),
            users: users,
            gate: gate,
            addresses: addresses,
            listLimit: configuration.listLimit
        ).addRoutes(to: routes)
    }

    private func addMessageRoutes(to routes: DouyinRoutes) {
        MessageController(
            messages: Messages(services.pool),
            users: users,
            gate: gate,
            content: content,
            listLimit: configuration.listLimit
        ).addRoutes(to: routes)
    }
}
