/// Slows down whoever guesses passwords, by account and by address.
///
/// A try is charged before the password is looked at, so that many at once
/// gain nothing, and given back if the password was right.
struct LoginThrottle: Sendable {
    private let accounts: TokenBuckets<String>?
    private let addresses: TokenBuckets<ClientAddress>?

    init(_ configuration: APIConfiguration) {
        accounts = configuration.loginLimitPerAccount.map { TokenBuckets($0) }
        addresses = configuration.loginLimitPerAddress.map { TokenBuckets($0) }
    }

    /// Counts a try at an account, by what it is known by; whether it exists makes no difference.
    func charge(_ account: String, from address: ClientAddress?) throws(APIError) {
        if let wait = accounts?.take(account) { throw .tooManyLogins(retryAfterSeconds: wait.wholeSeconds) }
        guard let address, let wait = addresses?.take(address) else { return }
        accounts?.giveBack(account)
        throw .tooManyLogins(retryAfterSeconds: wait.wholeSeconds)
    }

    func succeed(_ account: String, from address: ClientAddress?) {
        accounts?.giveBack(account)
        if let address { addresses?.giveBack(address) }
    }
}
