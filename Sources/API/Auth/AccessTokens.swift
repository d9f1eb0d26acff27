import Crypto
import Domain
import Foundation
import JWTKit
import Synchronization

/// Makes and reads the tokens that say who is asking: JWTs, signed with HS256.
final class AccessTokens: Sendable {
    /// What a token that was read says.
    struct Claims: Sendable {
        let user: UserID
        let version: Int
        let expiry: Date
        /// The login that it belongs to.
        let session: String
    }

    private static let rememberedTokens = 10_000

    private let lifetime: Duration
    private let revoked: RevokedTokens
    /// A task, because keys can only be added asynchronously and applications are built synchronously.
    private let keys: Task<JWTKeyCollection, Never>
    /// Tokens whose signature was checked: doing so takes as long as half a request.
    private let remembered = Mutex<[String: Claims]>([:])

    init(secret: String, lifetime: Duration, revoked: RevokedTokens) {
        self.lifetime = lifetime
        self.revoked = revoked
        keys = Task {
            let keys = JWTKeyCollection()
            await keys.add(hmac: HMACKey(from: secret), digestAlgorithm: .sha256)
            return keys
        }
    }

    private struct Payload: JWTPayload {
        let sub: SubjectClaim
        let iat: IssuedAtClaim
        let exp: ExpirationClaim
        /// How often the user's tokens had been revoked when this one was made; absent means never.
        let ver: Int?
        /// The login; absent in tokens from before logins had a name.
        let sid: String?

        func verify(using algorithm: some JWTAlgorithm) throws { try exp.verifyNotExpired() }
    }

    func issue(to user: UserID, version: Int) async throws -> String {
        let now = Date()
        let payload = Payload(
            sub: SubjectClaim(value: "\(user)"),
            iat: IssuedAtClaim(value: now),
            exp: ExpirationClaim(value: now.addingTimeInterval(Double(lifetime.components.seconds))),
            ver: version,
            sid: "\(UUID())"
        )
        return try await keys.value.sign(payload)
    }

    /// Whose token it is, if it has not expired by `now`.
    func verify(_ token: String, at now: Date = Date()) async throws(APIError) -> UserID {
        try await claims(of: token, at: now).user
    }

    /// What a token says, if it is good.
    func claims(of token: String, at now: Date = Date()) async throws(APIError) -> Claims {
        let claims = try await read(token)
        guard claims.expiry > now else { throw .expiredToken }
        guard try !revoked.isRevoked(claims.user, version: claims.version, session: claims.session) else {
            throw .revokedToken
        }
        return claims
    }

    /// The same for a token that was seen before and is still good; `nil` of every other.
    func recall(_ token: String) -> UserID? {
        guard let claims = remembered.withLock({ $0[token] }), claims.expiry > Date(),
            (try? revoked.isRevoked(claims.user, version: claims.version, session: claims.session)) == false
        else { return nil }
        return claims.user
    }

    private func read(_ token: String) async throws(APIError) -> Claims {
        if let claims = remembered.withLock({ $0[token] }) { return claims }
        let claims = try await check(token)
        remembered.withLock { remembered in
            if remembered.count >= Self.rememberedTokens { remembered.removeAll(keepingCapacity: true) }
            remembered[token] = claims
        }
        return claims
    }

    /// What a token without a session is known by once it has ended.
    private static func digest(of token: String) -> String {
        Data(SHA256.hash(data: Data(token.utf8))).base64EncodedString()
    }

    private func check(_ token: String) async throws(APIError) -> Claims {
        do {
            let payload = try await keys.value.verify(token, as: Payload.self)
            if let id = Int64(payload.sub.value) {
                return Claims(
                    user: UserID(rawValue: id),
                    version: payload.ver ?? 0,
                    expiry: payload.exp.value,
                    session: payload.sid ?? Self.digest(of: token)
                )
            }
        } catch let error as JWTError where error.errorType == .claimVerificationFailure {
            throw .expiredToken
        } catch {}
        throw .invalidToken
    }
}
