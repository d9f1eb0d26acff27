import API
import ArgumentParser
import Bootstrap
import Foundation
import Hummingbird
import Logging
import Postgres
import ServiceLifecycle

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve the HTTP API until SIGTERM.",
        discussion: "Settings are environment variables; `clipyard config` lists them. The database must be migrated."
    )

    @Option(
        help:
            "Only these groups of routes, separated by commas: \(APIService.allCases.map(\.rawValue).joined(separator: ", ")).",
        transform: parseServices
    )
    var services = Set(APIService.allCases)

    /// How long requests in flight, such as uploads, may take to end after SIGTERM.
    private static let gracefulStop = Duration.seconds(15)

    /// Connections that send nothing are ended soon; until then they must not be all there are.
    private static let openFiles = 65_536

    func run() async throws {
        CrashSignals.endAtOnce()
        OpenFiles.raise(to: Self.openFiles)
        let settings = try await Settings(environment: ProcessInfo.processInfo.environment)
        let logger = Log.make("serve", level: settings.logLevel)
        let pool = try settings.makePool(applicationName: "clipyard serve", logger: logger)
        var configuration = try settings.makeAPIConfiguration()
        configuration.services = services
        let application = buildApplication(
            APIServices(
                pool: pool,
                store: try settings.openStore(),
                moderator: try settings.makeModerator(logger: logger)
            ),
            configuration: configuration,
            address: settings.socket.map { .unixDomainSocket(path: $0) }
                ?? .hostname(settings.host, port: settings.port),
            logger: logger
        )
        try await ServiceGroup.run([application], patience: Self.gracefulStop)
        await pool.close()
    }
}

/// `user,video`.
private func parseServices(_ text: String) throws -> Set<APIService> {
    let services = try text.split(separator: ",").map { name in
        guard let service = APIService(rawValue: name.trimmingCharacters(in: .whitespaces)) else {
            let known = APIService.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("There is no service “\(name)”. The services are \(known).")
        }
        return service
    }
    guard !services.isEmpty else { throw ValidationError("Name at least one service, or leave the option away.") }
    return Set(services)
}
