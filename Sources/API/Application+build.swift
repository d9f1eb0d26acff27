import Database
public import Hummingbird
import HummingbirdCore
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
    buildApplication(
        APIParts(services, configuration: configuration),
        address: address,
        logger: logger,
        onServerRunning: onServerRunning
    )
}

func buildApplication(
    _ parts: APIParts,
    address: BindAddress,
    logger: Logger,
    onServerRunning: @escaping @Sendable (any Channel) async -> Void = { _ in }
) -> some ApplicationProtocol {
    let configuration = parts.configuration
    BodyMemory.ofProcess.setBudget(configuration.bodyMemoryBytes)
    var application = Application(
        router: buildRouter(parts),
        server: HTTPServerBuilder { responder in
            let feed = configuration.services.contains(.video) ? parts.feedController : nil
            return APIChannel(responder: responder, feed: feed, configuration: configuration)
        },
        configuration: ApplicationConfiguration(address: address, backlog: 1024),
        services: [APIUpkeep(parts: parts, logger: logger)],
        onServerRunning: onServerRunning,
        logger: logger
    )
    application.beforeServerStarts {
        do {
            try await parts.revoked.reload()
        } catch {
            logger.warning(
                "revoked tokens not loaded: tokens are refused until they are",
                metadata: ["error": "\(error)"]
            )
        }
    }
    application.beforeServerStarts {
        let count = try await parts.services.store.sweepStaging()
        if count > 0 { logger.notice("removed uploads that never ended", metadata: ["count": "\(count)"]) }
    }
    return application
}

func buildRouter(_ parts: APIParts) -> Router<APIContext> {
    let router = Router(context: APIContext.self, options: .autoGenerateHeadEndpoints)
    let routes = RouteTable()
    let crossOrigin = CrossOrigin(origins: parts.configuration.corsOrigins)
    router.add(middleware: RequestMiddleware(routes: routes, crossOrigin: crossOrigin))
    HealthController(
        database: DatabaseHealth(pool: parts.services.pool),
        store: parts.services.store,
        revoked: parts.revoked
    )
    .addRoutes(to: router)
    for service in parts.configuration.services { parts.addRoutes(of: service, to: router) }
    routes.fill(from: router)
    return router
}
