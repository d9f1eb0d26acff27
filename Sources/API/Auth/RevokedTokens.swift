import Database
import Domain
import Foundation
import Synchronization

/// Which tokens are void before they expire, in memory, because every request asks.
///
/// Until it has been loaded nobody's token is good: it could be one that was revoked.
final class RevokedTokens: Sendable {
    /// Transactions that ended a login may be seen so much later than the time that they noted, in milliseconds.
    private static let overlap: Int64 = 60_000

    private struct State {
        var isLoaded: Bool
        /// Where it is not 0, a token must carry at least this version.
        var versions: [UserID: Int] = [:]
        /// Logins that ended, and when their tokens expire anyway, in milliseconds since 1970.
        var sessions: [String: Int64] = [:]
        /// The newest end that has been read, in milliseconds since 1970.
        var newestEnd: Int64 = 0
    }

    private let users: Users
    private let lifetime: Duration
    private let state: Mutex<State>

    init(_ users: Users, lifetime: Duration, isLoaded: Bool = false) {
        self.users = users
        self.lifetime = lifetime
        state = Mutex(State(isLoaded: isLoaded))
    }

    var isLoaded: Bool { state.withLock { $0.isLoaded } }

    /// - Throws: ``APIError/unavailable`` before anything is known.
    func isRevoked(_ user: UserID, version: Int, session: String) throws(APIError) -> Bool {
        let answer: Bool? = state.withLock { state in
            guard state.isLoaded else { return nil }
            return version < state.versions[user, default: 0] || state.sessions[session] != nil
        }
        guard let answer else { throw .unavailable }
        return answer
    }

    /// Knows a revocation of this process at once.
    func revoke(_ user: UserID, before version: Int) {
        state.withLock { $0.versions[user] = max($0.versions[user] ?? 0, version) }
    }

    /// Knows the end of a login of this process at once.
    func end(_ session: String, expiresMilliseconds: Int64) {
        state.withLock { $0.sessions[session] = expiresMilliseconds }
    }

    /// Learns what was revoked within a token's life; older tokens have expired.
    func reload() async throws {
        let newestEnd = state.withLock { $0.newestEnd }
        let versions = try await users.revocations(withinSeconds: lifetime.components.seconds)
        let ended = try await users.endedSessions(after: max(0, newestEnd - Self.overlap))
        let now = Date().millisecondsSince1970
        state.withLock { state in
            state.versions.merge(versions) { max($0, $1) }
            state.sessions = state.sessions.filter { $0.value > now }
            for session in ended {
                state.sessions[session.id] = session.expiresMilliseconds
                state.newestEnd = max(state.newestEnd, session.endedMilliseconds)
            }
            state.isLoaded = true
        }
    }
}

extension Date {
    /// Within what can be told; dates further away are its ends.
    var millisecondsSince1970: Int64 { Int64(exactly: (timeIntervalSince1970 * 1000).rounded()) ?? .max }
}
