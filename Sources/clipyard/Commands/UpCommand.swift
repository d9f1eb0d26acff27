import ArgumentParser
import Bootstrap
import Foundation
import Glibc
import Logging
import ServiceLifecycle

struct UpCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "up",
        abstract: "Run everything on this machine: PostgreSQL, the API, a worker and nginx.",
        discussion: """
            CLIPYARD_HOME and CLIPYARD_PORT move it, so that several run side by side. Ctrl-C stops all of it; the next \
            start goes on with the data.
            """
    )

    @Flag(help: "Publish the clips of samples/ at the first start, so that the feed is not empty.")
    var demo = false

    @Flag(help: "Run each service of the API as a process of its own, behind the same addresses.")
    var split = false

    func run() async throws {
        let settings = try await Settings(environment: ProcessInfo.processInfo.environment)
        let logger = Log.make("up", level: settings.logLevel)
        let executables = try Executables()
        // Whatever is made from here on is not for others.
        _ = umask(0o027)
        try await UnprivilegedStart(settings: settings, logger: logger).becomeUserIfRoot()
        // The worker logs the layers; here only what is missing is said.
        try await settings.requireSandbox(Log.make("up", level: .warning))
        try settings.checkPrograms(logger: logger)
        let home = Home(settings.home)
        try home.prepare()
        let lock = try HomeLock(home)
        defer { withExtendedLifetime(lock) {} }
        try await LeftoverGateway(home: home).stop()
        try await PortCheck.requireFree(host: settings.host, port: settings.port)
        let service = UpService(
            settings: settings,
            home: home,
            executables: executables,
            layout: split ? .fiveProcesses : .oneProcess,
            publishesSamples: demo,
            logger: logger
        )
        try await ServiceGroup.run([service])
        print("Clipyard has stopped.")
    }
}

extension Settings {
    /// Finds what would keep a program from ever starting, while it can still be told in one sentence.
    fileprivate func checkPrograms(logger: Logger) throws {
        _ = try findPipelines()
        _ = try makeModerator(logger: logger)
    }
}
