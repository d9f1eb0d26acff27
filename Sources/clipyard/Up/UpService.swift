import Bootstrap
import Foundation
import Logging
import Postgres
import ServiceLifecycle

/// Everything on one machine: PostgreSQL, the API, a worker and nginx, until told to stop.
struct UpService: Service {
    let settings: Settings
    let home: Home
    let executables: Executables
    let publishesSamples: Bool
    let logger: Logger

    func run() async throws {
        do {
            try await cancelWhenGracefulShutdown { try await runUntilCancelled() }
        } catch is CancellationError {}
    }

    private func runUntilCancelled() async throws {
        let cluster = try PrivateCluster(directory: home.postgres, logger: logger)
        try await cluster.start()
        do {
            try await runPrograms(on: cluster)
        } catch {
            try await stop(cluster)
            throw error
        }
        try await stop(cluster)
    }

    private func runPrograms(on cluster: PrivateCluster) async throws {
        try await cluster.createDatabaseIfMissing("clipyard")
        let databaseURL = cluster.conninfo(database: "clipyard")
        try await Schema.migrate(databaseURL: databaseURL, logger: logger)
        let programs = try makePrograms(databaseURL: databaseURL)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for program in programs { group.addTask { try await program.run() } }
            group.addTask { try await keepRunning(cluster) }
            group.addTask { try await welcome() }
            do {
                for try await _ in group {}
            } catch {
                group.cancelAll()
                throw error
            }
        }
    }

    /// A server that was stopped or crashed is started again.
    private func keepRunning(_ cluster: PrivateCluster) async throws {
        while true {
            try await Task.sleep(for: .seconds(2))
            try await cluster.start()
        }
    }

    /// Stopping goes on when this task is already cancelled.
    private func stop(_ cluster: PrivateCluster) async throws {
        try await Task { try await cluster.stop() }.value
    }

    private func makePrograms(databaseURL: String) throws -> [ChildProgram] {
        let common = [
            "CLIPYARD_DATABASE_URL": databaseURL, "CLIPYARD_HOME": home.path, "CLIPYARD_STORAGE": home.objects,
            "CLIPYARD_SCRATCH": home.scratch, "CLIPYARD_PUBLIC_URL": settings.publicURL,
        ]
        let api = [
            "CLIPYARD_SOCKET": home.apiSocket, "CLIPYARD_TOKEN_SECRET": try home.loadTokenSecret(),
            "CLIPYARD_SERVE_MEDIA": "no",
        ]
        let gateway = Gateway(home: home, host: settings.host, port: settings.port)
        return [
            program("serve", [executables.clipyard, "serve"], common.merging(api) { $1 }),
            program("worker", [executables.clipyard, "worker"], common),
            program(
                "nginx",
                [
                    executables.nginx, "-e", "\(home.logs)/nginx.log", "-p", home.path, "-c",
                    try gateway.writeConfiguration(),
                ]
            ),
        ]
    }

    private func program(_ name: String, _ command: [String], _ environment: [String: String] = [:]) -> ChildProgram {
        ChildProgram(
            name: name,
            command: command,
            environment: environment,
            log: "\(home.logs)/\(name).log",
            logger: logger
        )
    }

    /// Says where everything is, once it answers, and fills an empty feed.
    private func welcome() async throws {
        let client = APIClient(server: settings.publicURL)
        try await client.waitUntilReady()
        // Not print: what it says to a file or a pipe would wait for a full buffer.
        FileHandle.standardOutput.write(Data(Welcome(address: settings.publicURL, home: home).text.utf8))
        if publishesSamples {
            do {
                try await DemoContent(client: client, home: home, logger: logger).publishOnce()
            } catch  where !Task.isCancelled {
                // An empty feed is no reason to stop; the next start tries again.
                logger.warning("the samples could not be published", metadata: ["error": "\(error)"])
            }
        }
    }
}
