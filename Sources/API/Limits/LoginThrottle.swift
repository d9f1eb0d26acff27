import Domain

/// Slows down whoever guesses passwords, by account and address.
///
/// A try is charged before the password is looked at, so that many at once
/// gain nothing, and given back if the password was right. Nobody can lock
/// somebody else out: of an account that is tried from everywhere, each try
/// only takes longer.
struct LoginThrottle: Sendable {
    /// An account as it is tried: nobody can register a name that is another's id.
    enum Account: Hashable, Sendable {
        case name(String)
        case id(UserID)
    }

    private struct Pair: Hashable, Sendable {
        let account: Account
        let address: ClientAddress?
    }

    /// The longest delay of one try.
    private static let longestDelay = Duration.seconds(3)

    private let pairs: TokenBuckets<Pair>?
    private let addresses: TokenBuckets<ClientAddress>?
    private let accounts: TokenBuckets<Account>?

    init(_ configuration: APIConfiguration) {
        pairs = configuration.loginLimitPerAccount.map { TokenBuckets($0) }
        addresses = configuration.loginLimitPerAddress.map { TokenBuckets($0) }
        accounts = configuration.loginSlowdownPerAccount.map { TokenBuckets($0) }
    }

    /// Counts a try at an account from an address; whether the account exists makes no difference.
    ///
    /// - Returns: how long the try must wait before the password is looked at.
    func charge(_ account: Account, from address: ClientAddress?) throws(APIError) -> Duration {
        let pair = Pair(account: account, address: address)
        if let wait = pairs?.take(pair) { throw .tooManyLogins(retryAfterSeconds: wait.wholeSeconds) }
        if let address, let wait = addresses?.take(address) {
            pairs?.giveBack(pair)
            throw .tooManyLogins(retryAfterSeconds: wait.wholeSeconds)
        }
        return min(accounts?.take(account) ?? .zero, Self.longestDelay)
    }

    func succeed(_ account: Account, from address: ClientAddress?) {
        pairs?.giveBack(Pair(account: account, address: address))
        accounts?.giveBack(account)
        if let address { addresses?.giveBack(address) }
    }
}
