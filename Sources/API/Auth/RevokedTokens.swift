import Database
import Domain
import Synchronization

/// Which users' older tokens are void, in memory, because every request asks.
final class RevokedTokens: Sendable {
    private let users: Users
    private let lifetime: Duration
    /// Where it is not 0, a token must carry at least this version.
    private let versions = Mutex<[UserID: Int]>([:])

    init(_ users: Users, lifetime: Duration) {
        self.users = users
        self.lifetime = lifetime
    }

    func isRevoked(_ user: UserID, version: Int) -> Bool {
        versions.withLock { version < $0[user, default: 0] }
    }

    /// Knows a revocation of this process at once.
    func revoke(_ user: UserID, before version: Int) {
        versions.withLock { $0[user] = max($0[user] ?? 0, version) }
    }

    /// Learns what was revoked within a token's life; older tokens have expired.
    func reload() async throws {
        let current = try await users.revocations(withinSeconds: lifetime.components.seconds)
        versions.withLock { $0 = $0.merging(current) { max($0, $1) } }
    }
}
