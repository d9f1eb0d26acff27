import Foundation
public import MediaTasks

/// Everything that an operator can set, read once when a program starts.
///
/// Each is an environment variable, or a line of the file that
/// `CLIPYARD_CONFIG` names; the environment wins. `clipyard config` prints
/// what is in force.
public struct Settings: Sendable {
    // MARK: Where things are

    /// `CLIPYARD_HOME` (default `.clipyard`): the folder of everything that is written.
    public var home: String
    /// `CLIPYARD_PORT` (default 8080): the port of the gateway under `clipyard up`, of the API under `clipyard serve`.
    public var port: Int
    /// `CLIPYARD_HOST` (default `127.0.0.1`): the address that is listened on.
    public var host: String
    /// `CLIPYARD_SOCKET`: a unix socket that `clipyard serve` listens on instead of host and port.
    public var socket: String?
    /// `CLIPYARD_PUBLIC_URL` (default `http://{host}:{port}`, or `https` with a certificate): what clients put before every path.
    public var publicURL: String
    /// `CLIPYARD_USER` (default `postgres`, or else `nobody`): the user as whom `clipyard up` runs everything when root starts it.
    public var user: String?
    /// `CLIPYARD_DATABASE_URL`: libpq's connection string, as a URL or as keywords.
    public var databaseURL: Secret?
    /// `CLIPYARD_LISTEN_URL` (default `CLIPYARD_DATABASE_URL`): where notifications are listened to, past a pooler that lets none be heard.
    public var listenURL: Secret?
    /// `CLIPYARD_DATABASE_PREPARED` (default `auto`: not behind a pooler): whether statements are prepared by name.
    public var preparesStatements: PreparedStatements
    /// Objects: uploads and finished media.
    public let storage: StorageSettings
    /// `CLIPYARD_SCRATCH` (default `{home}/scratch`): where workers keep files while they work on them.
    ///
    /// A folder of this machine alone; fastest on the store's own file system.
    public var scratch: String
    /// `CLIPYARD_PIPELINE` (default `short-video`): what is done to videos: a definition in `pipelines/`, or the path of one.
    public var pipeline: String
    /// `CLIPYARD_PIPELINES` (default none): the definitions in `pipelines/` that an upload may name, with commas between them.
    public var uploadPipelines: [String]

    // MARK: The API

    /// `CLIPYARD_TOKEN_SECRET`: signs tokens; at least 32 characters, the same for every process.
    public var tokenSecret: Secret?
    /// Accounts, limits and texts.
    public let api: APISettings
    /// `CLIPYARD_DATABASE_CONNECTIONS` (default 10): how many connections one process opens.
    public var databaseConnections: Int

    // MARK: The gateway

    /// nginx under `clipyard up`.
    public let gateway: GatewaySettings

    // MARK: The worker

    /// `CLIPYARD_PROBE_SLOTS` (default 2): files looked at at once by one worker.
    public var probeSlots: Int
    /// `CLIPYARD_FIRST_SLOTS` (default 1): videos made playable at once by one worker, before the rest of them is encoded.
    public var firstSlots: Int
    /// `CLIPYARD_TRANSCODE_SLOTS` (default 1): videos, or pieces of long ones, encoded at once by one worker.
    public var transcodeSlots: Int
    /// `CLIPYARD_TRANSCODE_CORES` (default: the machine's, shared out to the slots): processor cores that one encode counts on.
    ///
    /// For several workers on one machine, each one's share: more threads than cores only cost time.
    public var transcodeCores: Int
    /// `CLIPYARD_WORKER_ADDRESS` (default none): where a worker answers `/healthz` and `/readyz`, as in `0.0.0.0:8090`.
    public var workerAddress: ListenAddress?
    /// `CLIPYARD_LEASE_SECONDS` (default 15): how long after a worker's death its jobs are given to another.
    public var leaseSeconds: Int
    /// `CLIPYARD_STOP_SECONDS` (default 10): how long a stopping worker lets its jobs finish before it gives them back.
    public var stopSeconds: Int
    /// `CLIPYARD_KEEP_REPLACED_SECONDS` (default 6 h): how long media that were replaced stay for those who are watching them.
    public var keepReplacedSeconds: Int
    /// `CLIPYARD_KEEP_SOURCES_DAYS` (default `forever`): how long what creators uploaded stays after the video is complete, or failed.
    ///
    /// Without its source a video cannot be made anew by another pipeline.
    public var keepSourcesDays: Int?
    /// `CLIPYARD_KEEP_JOBS_DAYS` (default 7): how long finished jobs stay in the database.
    public var keepJobsDays: Int
    /// `CLIPYARD_TASK_MEMORY_BYTES` (default 3 GiB): memory of the child that works on one file.
    public var taskMemoryBytes: Int
    /// `CLIPYARD_TASK_CPU_SECONDS` (default 4 h): processor time of that child.
    public var taskCPUSeconds: Int
    /// `CLIPYARD_TASK_FILE_BYTES` (default 8 GiB): the largest file that child may write.
    public var taskFileBytes: Int
    /// `CLIPYARD_SANDBOX` (default `require`): `require` processes nothing where the child's sandbox lacks Landlock or seccomp; `try` goes without what is missing; `off` uses none.
    public var sandbox: SandboxMode

    // MARK: Both

    /// `CLIPYARD_LOG_LEVEL` (default `info`).
    public var logLevel: LogLevel
    /// What was read, in order, for `clipyard config`.
    public let entries: [SettingsReader.Entry]

    /// Reads and validates every setting.
    ///
    /// - Throws: ``SettingsError`` with all mistakes at once.
    public init(environment: [String: String]) async throws {
        var reader = try await SettingsReader(environment: environment)
        home = reader.string("CLIPYARD_HOME", default: ".clipyard")
        port = reader.integer("CLIPYARD_PORT", default: 8080, in: 1...65535)
        host = reader.string("CLIPYARD_HOST", default: "127.0.0.1")
        socket = reader.optionalString("CLIPYARD_SOCKET")
        gateway = GatewaySettings(&reader)
        let scheme = gateway.certificate == nil ? "http" : "https"
        publicURL = reader.string("CLIPYARD_PUBLIC_URL", default: "\(scheme)://\(host):\(port)")
        user = reader.optionalString("CLIPYARD_USER")
        databaseURL = reader.secret("CLIPYARD_DATABASE_URL")
        listenURL = reader.secret("CLIPYARD_LISTEN_URL")
        preparesStatements = reader.choice("CLIPYARD_DATABASE_PREPARED", default: .auto)
        storage = StorageSettings(&reader, home: home)
        scratch = reader.string("CLIPYARD_SCRATCH", default: home + "/scratch")
        pipeline = reader.string("CLIPYARD_PIPELINE", default: "short-video")
        uploadPipelines = reader.string("CLIPYARD_PIPELINES", default: "").split(separator: ",")
            .map { String($0.filter { $0 != " " }) }
        tokenSecret = reader.secret("CLIPYARD_TOKEN_SECRET")
        api = APISettings(&reader)
        databaseConnections = reader.integer("CLIPYARD_DATABASE_CONNECTIONS", default: 10, in: 2...1000)
        probeSlots = reader.integer("CLIPYARD_PROBE_SLOTS", default: 2, in: 0...1000)
        firstSlots = reader.integer("CLIPYARD_FIRST_SLOTS", default: 1, in: 0...1000)
        transcodeSlots = reader.integer("CLIPYARD_TRANSCODE_SLOTS", default: 1, in: 0...1000)
        let cores = ProcessInfo.processInfo.activeProcessorCount / max(1, transcodeSlots)
        transcodeCores = reader.integer("CLIPYARD_TRANSCODE_CORES", default: max(1, cores), in: 1...1000)
        workerAddress = reader.optionalString(
            "CLIPYARD_WORKER_ADDRESS",
            expecting: "a host and a port from 1 to 65535, as in 127.0.0.1:8090",
            isGood: { ListenAddress($0) != nil }
        ).flatMap(ListenAddress.init)
        leaseSeconds = reader.integer("CLIPYARD_LEASE_SECONDS", default: 15, in: 2...3600)
        stopSeconds = reader.integer("CLIPYARD_STOP_SECONDS", default: 10, in: 0...86_400)
        keepReplacedSeconds = reader.integer(
            "CLIPYARD_KEEP_REPLACED_SECONDS",
            default: 6 * 3600,
            in: 0...(365 * 86_400)
        )
        keepSourcesDays = reader.days("CLIPYARD_KEEP_SOURCES_DAYS", in: 0...3650)
        keepJobsDays = reader.integer("CLIPYARD_KEEP_JOBS_DAYS", default: 7, in: 0...3650)
        taskMemoryBytes = reader.integer("CLIPYARD_TASK_MEMORY_BYTES", default: 3 << 30, in: (256 << 20)...(1 << 40))
        taskCPUSeconds = reader.integer("CLIPYARD_TASK_CPU_SECONDS", default: 4 * 3600, in: 1...(30 * 86_400))
        taskFileBytes = reader.integer("CLIPYARD_TASK_FILE_BYTES", default: 8 << 30, in: (1 << 20)...(1 << 40))
        sandbox = reader.choice("CLIPYARD_SANDBOX", default: SandboxMode.require)
        logLevel = reader.choice("CLIPYARD_LOG_LEVEL", default: LogLevel.info)
        entries = reader.entries
        try reader.validate()
    }
}
