import Domain
import HTTPTypes
import Hummingbird
import NIOCore

/// Counts the requests of users and addresses, and refuses what is too much.
///
/// Each process counts for itself.
struct RateLimits: Sendable {
    private let users: [LimitGroup: TokenBuckets<UserID>]
    private let addresses: [LimitGroup: TokenBuckets<ClientAddress>]
    private let trustsForwarded: Bool

    init(_ rules: RateLimitRules, trustsForwarded: Bool) {
        users = rules.perUser.mapValues { TokenBuckets($0) }
        addresses = rules.perAddress.mapValues { TokenBuckets($0) }
        self.trustsForwarded = trustsForwarded
    }

    /// Counts a request of a user.
    func charge(_ user: UserID, for group: LimitGroup) throws(APIError) {
        try Self.require(users[group]?.take(user))
    }

    /// Counts a request by where it comes from.
    func charge(_ headers: HTTPFields, peer: SocketAddress?, for group: LimitGroup) throws(APIError) {
        guard let buckets = addresses[group], let address = address(of: headers, peer: peer) else { return }
        try Self.require(buckets.take(address))
    }

    func charge(_ request: Request, _ context: APIContext, for group: LimitGroup) throws(APIError) {
        try charge(request.headers, peer: context.peer, for: group)
    }

    /// Where a request comes from; `nil` for a local socket without a gateway's header.
    func address(of headers: HTTPFields, peer: SocketAddress?) -> ClientAddress? {
        ClientAddress.client(
            forwardedFor: headers[.xForwardedFor],
            realIP: nil,
            peer: peer?.ipAddress,
            trustsForwarded: trustsForwarded
        )
    }

    private static func require(_ wait: Duration?) throws(APIError) {
        if let wait { throw .rateLimited(retryAfterSeconds: wait.wholeSeconds) }
    }
}

extension Duration {
    /// Rounded up, for `Retry-After`: asking earlier would be too early.
    var wholeSeconds: Int { Int(max(1, components.seconds + (components.attoseconds > 0 ? 1 : 0))) }
}

extension HTTPField.Name {
    static let xForwardedFor: Self = {
        guard let name = Self("X-Forwarded-For") else { preconditionFailure("not the name of a header") }
        return name
    }()
}
