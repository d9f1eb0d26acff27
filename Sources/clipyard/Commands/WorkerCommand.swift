import ArgumentParser
import Bootstrap
import CLinux
import Database
import Foundation
import Jobs
import Logging
import MediaTasks
import Postgres
import Processing
import ServiceLifecycle

struct WorkerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "worker",
        abstract: "Claim jobs and process videos until SIGTERM.",
        discussion: "Start as many as you like, on as many machines; they share the queue in the database."
    )

    func run() async throws {
        CrashSignals.endAtOnce()
        // The database's keys are in our memory and environment: they are nobody else's, not even this user's.
        _ = clinux_forbid_dumps()
        var settings = try await Settings(environment: ProcessInfo.processInfo.environment)
        settings.tokenSecret = nil
        let logger = Log.make("worker", level: settings.logLevel)
        let scratch = try ScratchFolder(below: settings.scratch)
        defer { scratch.remove() }
        let worker = try WorkerService(settings: settings, scratch: scratch, logger: logger)
        try await settings.requireSandbox(logger)
        // The runner has deadlines of its own for a graceful stop.
        try await ServiceGroup.run([worker] + (settings.workerAddress.map(worker.health) ?? []))
    }
}

/// The job runner with the handlers of every kind of job.
struct WorkerService: Service {
    private let workshop: VideoWorkshop
    private let runner: JobRunner
    private let retention: SourceRetention?
    private let logger: Logger
    private let stranded: StrandedVideos
    private let close: @Sendable () async -> Void

    init(settings: Settings, scratch: ScratchFolder, logger: Logger) throws {
        self.logger = logger
        let pool = try settings.makePool(applicationName: "clipyard worker", logger: logger)
        workshop = VideoWorkshop(
            videos: Videos(pool: pool, keepingReplacedMediaFor: .seconds(settings.keepReplacedSeconds)),
            parts: VideoParts(pool),
            store: try settings.openStore(),
            program: try settings.makeMediaProgram(logger),
            scratch: scratch,
            pipelines: try settings.findPipelines(),
            cores: settings.transcodeCores,
            purgeHook: settings.gateway.purgeURL.map {
                PurgeHook(url: $0.revealed, publicURL: settings.publicURL)
            },
            logger: logger
        )
        retention = settings.keepSourcesDays.map { days in
            SourceRetention(
                videos: Videos(pool: pool),
                keepingSourcesFor: .seconds(days * 86_400),
                logger: logger
            )
        }
        stranded = StrandedVideos(videos: Videos(pool: pool), logger: logger)
        var configuration = settings.makeJobRunnerConfiguration()
        configuration.mayClaim = { [workshop] queue in await workshop.canServe(queue) }
        runner = JobRunner(
            pool: pool,
            handlers: workshop.handlers,
            configuration: configuration,
            logger: logger
        )
        close = { await pool.close() }
    }

    /// Answers whether the worker is ready.
    func health(at address: ListenAddress) -> [any Service] {
        let service = WorkerHealth.makeService(at: address, logger: logger) { [runner, workshop] in
            try workshop.checkReadiness()
            try await runner.checkReadiness()
        }
        return [service]
    }

    func run() async throws {
        try await cancelWhenGracefulShutdown {
            async let retaining: Void? = retention?.run()
            async let looking: Void = stranded.run()
            // What is left undone when this ends, ends with it.
            try await runner.run()
            await retaining
            await looking
        }
        await close()
    }
}

extension Settings {
    func makeMediaProgram(_ logger: Logger) throws -> MediaProgram {
        let limits = TaskLimits(memoryBytes: taskMemoryBytes, cpuSeconds: taskCPUSeconds, fileBytes: taskFileBytes)
        return MediaProgram(path: try Executables.mediaProgram(), limits: limits, sandbox: sandbox, logger: logger)
    }

    /// Logs the layers of the sandbox, and refuses to start where a required one is missing.
    func requireSandbox(_ logger: Logger) async throws {
        try await makeMediaProgram(logger).checkSandbox()
    }

    /// Finds the definitions that videos are made by, and those that uploads may name.
    func findPipelines() throws -> PipelineFolder {
        let folder = ResourceFolder.find("pipelines")
        let shipped = PipelineFolder(defaultPath: pipeline, folder: folder)
        let path = PipelineFolder.isName(pipeline) ? shipped.path(of: pipeline) : pipeline
        guard let path, FileManager.default.isReadableFile(atPath: path) else {
            throw UpError(
                "CLIPYARD_PIPELINE is \(pipeline): there is no such definition. Name one of pipelines/, or the path of a file."
            )
        }
        for name in uploadPipelines where shipped.path(of: name) == nil {
            throw UpError("CLIPYARD_PIPELINES names \(name), and there is no pipelines/\(name).yaml.")
        }
        return PipelineFolder(defaultPath: path, folder: folder)
    }

    func makeJobRunnerConfiguration() -> JobRunnerConfiguration {
        var configuration = JobRunnerConfiguration(
            slots: [
                ProbeVideo.queue: probeSlots, FirstRendition.queue: firstSlots, TranscodeVideo.queue: transcodeSlots,
                RetireMedia.queue: 1,
            ]
        )
        configuration.lease = .seconds(leaseSeconds)
        configuration.softStop = .seconds(stopSeconds)
        configuration.retention = .seconds(keepJobsDays * 86_400)
        return configuration
    }
}
