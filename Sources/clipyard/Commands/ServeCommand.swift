import API
import ArgumentParser
import Bootstrap
import Foundation
import Hummingbird
import Logging
import ObjectStorage
import Postgres
import ServiceLifecycle

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve the HTTP API until SIGTERM.",
        discussion: "Settings are environment variables; `clipyard config` lists them. The database must be migrated."
    )

    /// How long requests in flight, such as uploads, may take to end after SIGTERM.
    private static let gracefulStop = Duration.seconds(15)

    func run() async throws {
        let settings = try await Settings(environment: ProcessInfo.processInfo.environment)
        let logger = Log.make("serve", level: settings.logLevel)
        let pool = try settings.makePool(applicationName: "clipyard serve", logger: logger)
        let services = APIServices(pool: pool, store: try LocalObjectStore(root: settings.storage))
        let application = buildApplication(
            services,
            configuration: try settings.makeAPIConfiguration(),
            address: settings.socket.map { .unixDomainSocket(path: $0) }
                ?? .hostname(settings.host, port: settings.port),
            logger: logger
        )
        try await ServiceGroup.run(application, patience: Self.gracefulStop)
        await pool.close()
    }
}
