import Foundation
public import Logging

/// A PostgreSQL server of our own, made of the programs installed on this machine.
///
/// It listens on a unix socket only, in a folder that nobody but its user (and root)
/// can open, and outlives this process until ``stop()``: a later ``start(settings:)``
/// finds it running. Started by root, it runs as `postgres` or `nobody`.
public struct PrivateCluster: Sendable {
    /// Where it is: the folder asked for, or another if the server's user cannot reach that one.
    public let directory: String
    let user: ServerUser
    let logger: Logger

    /// The superuser of the server; whoever can open the socket is let in.
    private static let role = "clipyard"
    /// `sun_path` of a unix socket has 108 bytes, with the NUL at its end.
    private static let longestSocketPath = 107

    /// Chooses user and folder for data, log and socket; it makes nothing yet.
    public init(directory: String, logger: Logger) throws {
        user = try ServerUser.choose()
        self.logger = logger
        // Fails early, and with the sentence that says what to install.
        _ = try ServerBinaries.find(version: nil)
        let path = URL(filePath: directory).standardizedFileURL.resolvingSymlinksInPath().path
        guard !user.canReach(path) else {
            self.directory = path
            return
        }
        self.directory = "/var/lib/clipyard/\(stableHash(path))"
        logger.notice(
            "the database is kept elsewhere, as its unprivileged user cannot enter the folder",
            metadata: ["folder": "\(path)", "used": "\(self.directory)"]
        )
    }

    /// Makes the server if there is none yet, and starts it unless it runs.
    ///
    /// Settings are those of `postgresql.conf`; they do not reach a server that runs already.
    public func start(settings: [String: String] = [:]) async throws {
        try await BlockingCalls.run { try withLock { try startLocked(settings) } }
    }

    /// Stops the server, if it runs; open transactions are rolled back.
    public func stop() async throws {
        try await BlockingCalls.run { try withLock { try stopLocked() } }
    }

    /// Creates a database unless it is there.
    public func createDatabaseIfMissing(_ name: String) async throws {
        var configuration = PostgresConfiguration(conninfo: conninfo(database: "postgres"))
        configuration.statementTimeout = .seconds(60)
        let channel = try await Channel.connect(configuration)
        let connection = PostgresConnection(channel, configuration)
        defer { channel.close() }
        guard try await connection.first("SELECT 1 FROM pg_database WHERE datname = \(name)", as: Int.self) == nil
        else { return }
        do {
            try await connection.execute("CREATE DATABASE \(identifier: name)")
        } catch let error as PostgresError where error.isA(.duplicateDatabase) || error.isA(.uniqueViolation) {
            // Another process was faster, which is as good.
        }
    }

    /// What libpq connects to.
    public func conninfo(database: String) -> String {
        "host=\(Self.quoted(socketDirectory)) port=5432 user=\(Self.role) dbname=\(Self.quoted(database))"
    }

    private static func quoted(_ value: String) -> String {
        "'" + value.replacing("\\", with: "\\\\").replacing("'", with: "\\'") + "'"
    }
}

/// Where things are.
extension PrivateCluster {
    var dataDirectory: String { "\(directory)/data" }
    /// The server's own log, which grows by what goes wrong.
    public var logFile: String { "\(directory)/server.log" }

    /// In the cluster's folder, or in a short one if the path would be too long for a socket.
    var socketDirectory: String {
        let own = "\(directory)/run"
        // libpq and the server both read a comma as the end of one of several folders.
        let isSimple = !own.contains { ",\"'\\".contains($0) }
        if isSimple, "\(own)/.s.PGSQL.5432".utf8.count <= Self.longestSocketPath { return own }
        return geteuid() == 0 ? "/run/clipyard-\(stableHash(own))" : "/tmp/clipyard-\(geteuid())-\(stableHash(own))"
    }
}

/// Blocking, and one process at a time.
extension PrivateCluster {
    private func withLock<R>(_ body: () throws -> R) throws -> R {
        try ServerFolder.make(directory, for: user)
        let lock = open("\(directory)/lock", O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
        guard lock >= 0, flock(lock, LOCK_EX) == 0 else { throw ServerFolder.failure(errno, at: directory) }
        defer { close(lock) }
        return try body()
    }

    private func startLocked(_ settings: [String: String]) throws {
        try ServerFolder.make(socketDirectory, for: user)
        let data = DataDirectory(path: dataDirectory, user: user)
        let binaries = try ServerBinaries.find(version: data.version)
        if data.version == nil {
            try data.create(with: binaries, role: Self.role, isDurable: settings["fsync"] != "off")
        }
        if data.isRunning {
            if acceptsConnections { return }
            try stopLocked()
        }
        let answer = try pgControl(binaries, ["start", "-w", "-t", "60", "-l", logFile, "-o", options(settings)])
        guard answer.status == 0 else {
            throw ServerProblem(output: answer.output + lastLogLines, directory: directory).error(doing: "start")
        }
    }

    private func stopLocked() throws {
        let data = DataDirectory(path: dataDirectory, user: user)
        guard data.isRunning else { return }
        let answer = try pgControl(
            try ServerBinaries.find(version: data.version),
            ["stop", "-w", "-t", "60", "-m", "fast"]
        )
        guard answer.status == 0 || !data.isRunning else {
            throw ServerProblem(output: answer.output, directory: directory).error(doing: "stop")
        }
    }

    /// pg_ctl gives the server a session of its own, so that Ctrl-C in our terminal does not reach it.
    private func pgControl(_ binaries: ServerBinaries, _ arguments: [String]) throws -> ServerCommand.Answer {
        try ServerCommand(binaries.path("pg_ctl"), arguments + ["-D", dataDirectory], as: user).run()
    }

    /// As words for the shell that pg_ctl starts the server with.
    private func options(_ settings: [String: String]) -> String {
        let ours = [
            "listen_addresses": "", "port": "5432", "unix_socket_directories": socketDirectory,
            "unix_socket_permissions": "0700", "timezone": "UTC", "log_timezone": "UTC",
            // What is bound to statements, and the rows that errors would show in full, are nobody's to read in a log.
            "log_error_verbosity": "terse", "log_parameter_max_length": "0", "log_parameter_max_length_on_error": "0",
        ]
        return ours.merging(settings) { $1 }.sorted { $0.key < $1.key }
            .map { "-c '" + "\($0.key)=\($0.value)".replacing("'", with: "'\\''") + "'" }
            .joined(separator: " ")
    }

    private var acceptsConnections: Bool {
        var configuration = PostgresConfiguration(conninfo: conninfo(database: "postgres"))
        configuration.connectTimeout = .seconds(2)
        return (try? ConnectionHandle(blockingOn: configuration)) != nil
    }

    private var lastLogLines: String {
        let log = (try? String(contentsOf: URL(filePath: logFile), encoding: .utf8)) ?? ""
        return log.split(separator: "\n").suffix(5).joined(separator: "\n")
    }
}
