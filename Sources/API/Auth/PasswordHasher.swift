import Argon2
import Domain
import NIOPosix

/// Hashes passwords on threads of their own, few at a time.
///
/// A hash keeps a core busy for about 25 ms and 19 MiB of memory. On the
/// threads that answer requests a few logins would stop everything else, and
/// without a bound a burst of them would take all memory.
actor PasswordHasher {
    private let argon2: Argon2id
    private let threads: NIOThreadPool
    private let maxRunning: Int
    private let maxWaiting: Int
    /// Number of passwords that are hashed now.
    private(set) var running = 0
    private var waiting: [(ticket: UInt64, continuation: CheckedContinuation<Void, any Error>)] = []
    /// Counts all who ever had to wait.
    private(set) var lastTicket: UInt64 = 0

    /// How many wait, for tests and metrics.
    var waitingCount: Int { waiting.count }

    init(_ configuration: APIConfiguration, threads: NIOThreadPool = .singleton) {
        argon2 = Argon2id(parameters: configuration.passwordCost)
        self.threads = threads
        maxRunning = max(1, configuration.passwordThreads)
        maxWaiting = configuration.passwordQueueLength
    }

    func hash(_ password: Password) async throws -> String {
        try await takeTurn()
        defer { endTurn() }
        return try await threads.runIfActive { [argon2] in try argon2.hash(password.rawValue) }
    }

    /// Whether a hash was made at another cost than this one would be.
    nonisolated func needsRenewal(_ hash: String) -> Bool { !argon2.hasParameters(of: hash) }

    /// Whether it is the password behind `hash`.
    ///
    /// Without a hash it is not, after as much work as with one:
    /// how long a login takes must not tell which names exist.
    func verify(_ password: Password, against hash: String?) async throws -> Bool {
        try await takeTurn()
        defer { endTurn() }
        return try await threads.runIfActive { [argon2] in
            let matches = try Argon2id.verify(password.rawValue, against: hash ?? argon2.unmatchable)
            return matches && hash != nil
        }
    }

    /// Whoever is cancelled while waiting leaves the line.
    private func takeTurn() async throws {
        try Task.checkCancellation()
        if running < maxRunning {
            running += 1
            return
        }
        guard waiting.count < maxWaiting else {
            throw APIError(
                .busy,
                "Too many people are logging in. Try again in a few seconds.",
                chinese: "当前登录人数过多，请几秒后重试。",
                retryAfterSeconds: 2
            )
        }
        lastTicket &+= 1
        let ticket = lastTicket
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                // Cancelled before there was anything to leave.
                if Task.isCancelled {
                    continuation.resume(throwing: CancellationError())
                } else {
                    waiting.append((ticket, continuation))
                }
            }
        } onCancel: {
            Task { await leave(ticket) }
        }
    }

    /// Also of a ticket whose turn came meanwhile, which keeps it.
    private func leave(_ ticket: UInt64) {
        guard let index = waiting.firstIndex(where: { $0.ticket == ticket }) else { return }
        waiting.remove(at: index).continuation.resume(throwing: CancellationError())
    }

    /// Hands the turn to whoever has waited longest.
    private func endTurn() {
        if waiting.isEmpty {
            running -= 1
        } else {
            waiting.removeFirst().continuation.resume()
        }
    }
}
