import Database
import Feed
public import Hummingbird
public import Logging
import NIOCore
import ObjectStorage

/// Builds the HTTP application from its parts, without starting it.
///
/// - Parameters:
///   - services: what it works with; they outlive it.
///   - configuration: how it behaves.
///   - address: where it will listen.
///   - logger: where requests and failures are told.
///   - onServerRunning: called with the listening channel.
/// - Returns: the application, to be run as a service.
public func buildApplication(
    _ services: APIServices,
    configuration: APIConfiguration,
    address: BindAddress = .hostname("127.0.0.1", port: 8080),
    logger: Logger,
    onServerRunning: @escaping @Sendable (any Channel) async -> Void = { _ in }
) -> some ApplicationProtocol {
    var application = Application(
        router: buildRouter(services, configuration: configuration),
        server: .http1(
            configuration: .init(
                additionalChannelHandlers: [
                    ExpectContinueHandler(maxBodyBytes: configuration.uploadMaxBytes + 1024 * 1024),
                    LingeringCloseHandler(), LargeReadsHandler(),
                ],
                idleTimeout: TimeAmount(configuration.idleTimeout)
            )
        ),
        configuration: ApplicationConfiguration(address: address, backlog: 1024),
        onServerRunning: onServerRunning,
        logger: logger
    )
    application.beforeServerStarts {
        let count = try await services.store.sweepStaging()
        if count > 0 { logger.notice("removed uploads that never ended", metadata: ["count": "\(count)"]) }
    }
    return application
}

func buildRouter(_ services: APIServices, configuration: APIConfiguration) -> Router<APIContext> {
    let router = Router(context: APIContext.self)
    router.add(middleware: RequestMiddleware())
    let addresses = PublicAddresses(base: configuration.publicBaseURL)
    let videos = Videos(pool: services.pool)
    addDouyinRoutes(to: DouyinRoutes(router: router), services, videos, addresses, configuration)
    HealthController(database: DatabaseHealth(pool: services.pool), store: services.store).addRoutes(to: router)
    VideoLinkController(videos: videos, addresses: addresses, retrySeconds: configuration.processingRetrySeconds)
        .addRoutes(to: router)
    ProfileImages().addRoutes(to: router)
    if configuration.servesMedia { MediaController(store: services.store).addRoutes(to: router) }
    return router
}

private func addDouyinRoutes(
    to routes: DouyinRoutes,
    _ services: APIServices,
    _ videos: Videos,
    _ addresses: PublicAddresses,
    _ configuration: APIConfiguration
) {
    let users = Users(services.pool)
    let tokens = AccessTokens(secret: configuration.tokenSecret, lifetime: configuration.tokenLifetime)
    AccountController(users: users, passwords: PasswordHasher(configuration), tokens: tokens, addresses: addresses)
        .addRoutes(to: routes)
    FeedController(feed: NewestFeed(videos), tokens: tokens, addresses: addresses).addRoutes(to: routes)
    PublishController(
        users: users,
        videos: videos,
        store: services.store,
        tokens: tokens,
        addresses: addresses,
        uploadMaxBytes: configuration.uploadMaxBytes
    ).addRoutes(to: routes)
}
