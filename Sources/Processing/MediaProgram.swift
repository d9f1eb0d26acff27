import Foundation
import Glibc
public import Logging
public import MediaTasks
import Subprocess
import SystemPackage

/// Runs `clipyard-media run-task` as a child: the only place where a creator's bytes meet a codec.
///
/// The child is a process group of its own with limits set before it starts.
/// Whatever happens to it is a value; cancelling the task ends the group.
public struct MediaProgram: Sendable {
    /// The path of the `clipyard-media` executable.
    public let path: String
    public let limits: TaskLimits
    /// What happens where this system does not offer the child's sandbox.
    public let sandbox: SandboxMode
    private let logger: Logger
    private let health: ChildHealth

    /// `retryInterval` is how long a worker whose child could not be started waits before it tries again.
    public init(
        path: String,
        limits: TaskLimits,
        sandbox: SandboxMode = .require,
        retryInterval: Duration = .seconds(10),
        logger: Logger
    ) {
        self.path = path
        self.limits = limits
        self.sandbox = sandbox
        health = ChildHealth(retryInterval: retryInterval)
        self.logger = logger
        Self.brokenPipesAreErrors
    }

    /// A child that dies before it has read its request must not take the worker with it.
    private static let brokenPipesAreErrors: Void = { _ = signal(SIGPIPE, SIG_IGN) }()

    /// How long a cancelled child may take to end by itself before it is killed.
    private static let patience = Duration.milliseconds(300)
    /// How much a child may say on standard error, in bytes.
    private static let standardErrorLimit = 1 << 20

    /// Runs one task to its end.
    ///
    /// - Parameters:
    ///   - request: what to do.
    ///   - progress: called for every progress line, in order.
    /// - Returns: how the child ended.
    /// - Throws: `CancellationError` when cancelled, or what kept the child from being started.
    public func run(
        _ request: TaskRequest,
        progress: @Sendable @escaping (TaskProgress) -> Void = { _ in }
    ) async throws -> TaskEnd {
        let end = try await runChild(request, progress)
        if case .notStarted(let reason) = end { health.begin(reason) }
        return end
    }

    private func runChild(
        _ request: TaskRequest,
        _ progress: @Sendable @escaping (TaskProgress) -> Void
    ) async throws -> TaskEnd {
        do { return try await supervise(request, progress) } catch let error as SubprocessError
            where error.code == .spawnFailed || error.code == .executableNotFound
        {
            return .notStarted("\(error)")
        }
    }

    private func supervise(
        _ request: TaskRequest,
        _ progress: @Sendable @escaping (TaskProgress) -> Void
    ) async throws -> TaskEnd {
        let command = limits.wrapping([path, "run-task"], isUrgent: [.probe, .first].contains(request.task))
        let line = try TaskLine.encode(request)
        logger.debug("starting a child", metadata: ["command": "\(command.joined(separator: " "))"])
        let result = try await Subprocess.run(
            .name(command[0]),
            arguments: Arguments(Array(command.dropFirst())),
            environment: environment,
            platformOptions: Self.options,
            input: .inputWriter,
            output: .sequence,
            error: .string(limit: Self.standardErrorLimit)
        ) { execution in
            // A child that dies before it has read leaves a broken pipe; how it died says more.
            _ = try? await execution.standardInputWriter.write(Array(line))
            return try await report(from: execution.standardOutput.strings(), progress: progress)
        }
        try Task.checkCancellation()
        return TaskEnd(
            report: result.closureResult,
            status: result.terminationStatus,
            standardError: result.standardError
        )
    }

    /// What finding programs and libraries takes, and nothing of ours: the worker's environment holds the keys to
    /// the database.
    private var environment: Environment {
        let inherited = ["PATH", "LD_LIBRARY_PATH"].compactMap { name in
            Environment.Key(rawValue: name).flatMap { key in
                ProcessInfo.processInfo.environment[name].map { (key, $0) }
            }
        }
        // A crash is over at once: the runtime would otherwise hold the process to describe it.
        return .custom(
            ["SWIFT_BACKTRACE": "enable=no", "CLIPYARD_SANDBOX": sandbox.rawValue].merging(inherited) { $1 }
        )
    }

    private static var options: PlatformOptions {
        var options = PlatformOptions()
        options.processGroupID = 0
        options.teardownSequence = [.gracefulShutDown(toProcessGroup: true, allowedDurationToNextStep: patience)]
        return options
    }

    /// Returns whether a child can work here: true until one could not, then again once ``checkSandbox()`` succeeds.
    func isAbleToStart() async -> Bool {
        guard health.trouble != nil else { return true }
        guard health.isToBeTried() else { return false }
        do {
            try await checkSandbox()
            health.end()
            return true
        } catch {
            logger.debug("media child still cannot work on this machine", metadata: ["error": "\(error)"])
            return false
        }
    }

    /// - Throws: ``SandboxUnavailable`` from the first child that could not be started until one can.
    func checkReadiness() throws {
        if let trouble = health.trouble { throw SandboxUnavailable(description: trouble) }
    }

    /// Enters the sandbox in a child that does nothing else, and logs its layers on this system.
    ///
    /// - Throws: ``SandboxUnavailable`` with the sentence that says what to do.
    public func checkSandbox() async throws {
        let result = try await Subprocess.run(
            .path(FilePath(path)),
            arguments: ["check-sandbox"],
            environment: environment,
            input: .none,
            output: .string(limit: 1 << 16),
            error: .string(limit: 1 << 16)
        )
        let confinement = try? TaskLine.decode(TaskConfinement.self, from: result.standardOutput.utf8)
        guard result.terminationStatus.isSuccess, let confinement else {
            let words = result.standardError.trimmingCharacters(in: .whitespacesAndNewlines)
            throw SandboxUnavailable(
                description: words.isEmpty ? "\(path) check-sandbox ended with \(result.terminationStatus)." : words
            )
        }
        confinement.log(to: logger)
    }

    private func report(
        from lines: some AsyncSequence<String, any Error>,
        progress: (TaskProgress) -> Void
    ) async throws -> TaskReport? {
        var report: TaskReport?
        for try await line in lines where !line.isEmpty {
            switch try? TaskLine.decode(TaskMessage.self, from: line.utf8) {
            case .confined: continue  // The same layers as `checkSandbox` has logged.
            case .progress(let value): progress(value)
            case .report(let value): report = value
            case nil: continue  // Not ours: a library that writes to standard output.
            }
        }
        return report
    }
}
