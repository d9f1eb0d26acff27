import Domain
import Foundation
import JWTKit

/// Makes and reads the tokens that say who is asking: JWTs, signed with HS256.
struct AccessTokens: Sendable {
    private let lifetime: Duration
    /// A task, because keys can only be added asynchronously and applications are built synchronously.
    private let keys: Task<JWTKeyCollection, Never>

    init(secret: String, lifetime: Duration) {
        self.lifetime = lifetime
        keys = Task {
            let keys = JWTKeyCollection()
            await keys.add(hmac: HMACKey(from: secret), digestAlgorithm: .sha256)
            return keys
        }
    }

    private struct Claims: JWTPayload {
        let sub: SubjectClaim
        let iat: IssuedAtClaim
        let exp: ExpirationClaim

        func verify(using algorithm: some JWTAlgorithm) throws { try exp.verifyNotExpired() }
    }

    func issue(to user: UserID) async throws -> String {
        let now = Date()
        let claims = Claims(
            sub: SubjectClaim(value: "\(user)"),
            iat: IssuedAtClaim(value: now),
            exp: ExpirationClaim(value: now.addingTimeInterval(Double(lifetime.components.seconds)))
        )
        return try await keys.value.sign(claims)
    }

    func verify(_ token: String) async throws(APIError) -> UserID {
        do {
            let claims = try await keys.value.verify(token, as: Claims.self)
            if let id = Int64(claims.sub.value) { return UserID(rawValue: id) }
        } catch let error as JWTError where error.errorType == .claimVerificationFailure {
            throw APIError(.expiredToken, "Your login has expired. Log in again.")
        } catch {}
        throw APIError(.invalidToken, "The token is not valid. Log in again.")
    }
}
