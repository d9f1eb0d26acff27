import API
import Bootstrap
import Foundation
import Glibc
import Logging
import Postgres
import ServiceLifecycle

/// Everything on one machine: PostgreSQL, the API, a worker and nginx, until told to stop.
struct UpService: Service {
    let settings: Settings
    let home: Home
    let executables: Executables
    let layout: APILayout
    let publishesSamples: Bool
    let logger: Logger

    func run() async throws {
        do {
            try await cancelWhenGracefulShutdown { try await runUntilCancelled() }
        } catch is CancellationError {}
    }

    private func runUntilCancelled() async throws {
        let cluster = try PrivateCluster(directory: home.postgres, logger: logger)
        try await cluster.start(settings: clusterSettings)
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
            for program in programs { group.addTask { await program.run() } }
            group.addTask { await keepRunning(cluster) }
            group.addTask { try await welcome() }
            do {
                for try await _ in group {}
            } catch {
                group.cancelAll()
                throw error
            }
        }
    }

    /// A server that was stopped or crashed is started again, as often as it takes; everybody else waits for it.
    private func keepRunning(_ cluster: PrivateCluster) async {
        var pace = RestartPace()
        while !Task.isCancelled {
            try? await Task.sleep(for: .seconds(1))
            let start = ContinuousClock.now
            do {
                try await cluster.start(settings: clusterSettings)
                pace = RestartPace()
            } catch  where !Task.isCancelled {
                let pause = pace.pause(afterRunning: .now - start)
                if pace.ends == 1 {
                    logger.error("PostgreSQL cannot be started, and is tried again", metadata: ["error": "\(error)"])
                }
                try? await Task.sleep(for: pause)
            } catch {}
        }
    }

    /// Room for every process and two commands of an operator.
    ///
    /// Each opens up to `CLIPYARD_DATABASE_CONNECTIONS`, two that its tasks share, and one to listen on. For five
    /// services and a worker that is (5 + 1 + 2) × (10 + 3) = 104.
    ///
    /// PostgreSQL's own 128 MiB of buffers are few for lists whose rows lie anywhere among millions. A sixteenth of
    /// the memory leaves most of it to encoders; it is taken only as it is used.
    private var clusterSettings: [String: String] {
        let processes = layout.processes.count + 1
        let connections = (processes + 2) * (settings.databaseConnections + 3)
        let bufferMebibytes = min(max(128, ProcessInfo.processInfo.physicalMemory >> 24), 4096)
        return ["max_connections": "\(max(100, connections))", "shared_buffers": "\(bufferMebibytes)MB"]
    }

    /// Stopping goes on when this task is already cancelled.
    private func stop(_ cluster: PrivateCluster) async throws {
        try await Task { try await cluster.stop() }.value
    }

    private func makePrograms(databaseURL: String) throws -> [ChildProgram] {
        let common = [
            "CLIPYARD_DATABASE_URL": databaseURL, "CLIPYARD_HOME": home.path,
            "CLIPYARD_STORAGE": storage,
            "CLIPYARD_SCRATCH": home.scratch, "CLIPYARD_PUBLIC_URL": settings.publicURL,
        ]
        let configuration = Gateway(
            home: home,
            settings: settings,
            layout: layout,
            store: GatewayStore(store: try settings.openStore(storage)),
            mediaSecret: try mediaSecret()
        )
        // Logs are for this user and its group, also those that nginx opens anew when they were moved away.
        let nginx = [
            "sh", "-c", "umask 027; exec \"$0\" \"$@\"",
            executables.nginx, "-e", "\(home.logs)/nginx.log", "-p", home.path, "-c",
            try configuration.writeConfiguration(),
        ]
        var worker = program("worker", [executables.clipyard, "worker"], common)
        worker.withheld = Self.secretsOfTheAPI
        var gateway = program("nginx", nginx, leftoverSignal: SIGQUIT)
        gateway.withheld = ProcessInfo.processInfo.environment.keys.filter { $0.hasPrefix("CLIPYARD_") }
        return try makeServers(common) + [worker, gateway]
    }

    /// Whoever has them can make tokens, or addresses of private media.
    private static let secretsOfTheAPI = ["CLIPYARD_TOKEN_SECRET", "CLIPYARD_MEDIA_SECRET"]

    /// A folder is the same for every program, wherever it is started.
    private var storage: String {
        let location = settings.storage.location
        return location.contains("://") ? location : URL(filePath: location).standardized.path
    }

    private func makeServers(_ common: [String: String]) throws -> [ChildProgram] {
        let secret = try home.loadTokenSecret()
        return try layout.processes.map { process in
            let own = [
                "CLIPYARD_SOCKET": "\(home.run)/\(process.socket)", "CLIPYARD_TOKEN_SECRET": secret,
                "CLIPYARD_MEDIA_SECRET": try mediaSecret(),
                "CLIPYARD_SERVE_MEDIA": "no", "CLIPYARD_TRUST_FORWARDED": "yes",
            ]
            return program(process.name, [executables.clipyard, "serve"] + process.options, common.merging(own) { $1 })
        }
    }

    /// The operator's, or else one that is made from the secret of this home.
    private func mediaSecret() throws -> String {
        if let secret = settings.api.mediaSecret { return secret.revealed }
        return APIConfiguration(publicBaseURL: settings.publicURL, tokenSecret: try home.loadTokenSecret()).mediaSecret
    }

    private func program(
        _ name: String,
        _ command: [String],
        _ environment: [String: String] = [:],
        leftoverSignal: Int32? = nil
    ) -> ChildProgram {
        ChildProgram(
            name: name,
            command: command,
            environment: Self.crashesAreShort.merging(environment) { $1 },
            log: "\(home.logs)/\(name).log",
            leftoverSignal: leftoverSignal,
            logger: logger
        )
    }

    /// The runtime of Swift would hold a crashing process for seconds to describe it; an operator may want that.
    private static var crashesAreShort: [String: String] {
        ["SWIFT_BACKTRACE": ProcessInfo.processInfo.environment["SWIFT_BACKTRACE"] ?? "enable=no"]
    }

    /// However long it takes: what does not start is started again, and says why.
    private func waitUntilReady(_ client: APIClient) async throws {
        while true {
            do {
                return try await client.waitUntilReady()
            } catch let error as UpError {
                logger.warning("\(error)", metadata: ["logs": "\(home.logs)"])
            }
        }
    }

    /// Says where everything is, once it answers, and fills an empty feed.
    private func welcome() async throws {
        let client = APIClient(server: settings.gatewayAddress)
        try await waitUntilReady(client)
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
