public import Argon2
import Crypto
public import Database
import Foundation

/// How the API behaves; only the first two have no default.
public struct APIConfiguration: Sendable {
    /// What absolute URLs begin with, for example `https://videos.example.com`; a final slash does not matter.
    public var publicBaseURL: String
    /// What tokens are signed with; whoever knows it can be anybody.
    public var tokenSecret: String
    /// Which groups of routes there are.
    public var services = Set(APIService.allCases)
    /// How long a login lasts.
    public var tokenLifetime: Duration = .seconds(30 * 24 * 60 * 60)
    /// What hashing a password costs.
    public var passwordCost = Argon2Parameters()
    /// How many passwords are hashed at a time, each on a thread of its own.
    public var passwordThreads = 2
    /// How many more may wait for that.
    public var passwordQueueLength = 128
    /// How often an account may be tried with a wrong password from one address; `nil` for ever.
    public var loginLimitPerAccount: RateLimit?
    /// The same for an address, whatever the account.
    public var loginLimitPerAddress: RateLimit?
    /// How often an account may be tried from everywhere before each try takes longer; `nil` for ever.
    public var loginSlowdownPerAccount: RateLimit?
    /// Passwords that nobody may choose, in lower case.
    public var commonPasswords: Set<String> = []
    /// How often users and addresses may ask.
    public var rateLimits = RateLimitRules()
    /// Whether `X-Forwarded-For` says where a request comes from: only behind a gateway that sets it.
    public var trustsForwarded = false
    /// The largest video file, in bytes.
    public var uploadMaxBytes: Int64 = 4 << 30
    /// How long an upload that broke off waits for its next byte.
    public var uploadLifetime: Duration = .seconds(24 * 60 * 60)
    /// Where parts of uploads are kept until a store of objects has them; a local store needs no such folder.
    public var uploadSpool = FileManager.default.temporaryDirectory.appending(path: "clipyard-uploads").path
    /// What forms may have before their token has come.
    public var anonymousForms = AnonymousFormLimits()
    /// Memory of all bodies of the process that have to be kept whole, in bytes.
    public var bodyMemoryBytes = defaultBodyMemoryBytes
    static let defaultBodyMemoryBytes = 32 << 20
    /// How long the request of a form may take.
    public var formPatience: Duration = .seconds(6 * 60 * 60)
    /// How much one user may upload.
    public var uploadQuota = UploadQuota()
    /// Whether a user's second video of the same bytes shows what was made for the first.
    public var findsDuplicates = true
    /// How long after a video was published the same request makes no second one.
    public var repeatWindow: Duration = .seconds(10 * 60)
    /// Time that an upload that could not be finished waits for an operator.
    public var unfinishedLifetime: Duration = .seconds(7 * 24 * 60 * 60)
    /// Lease of finishing: time that a process that has died keeps the others from it.
    var finishingLease: Duration = .seconds(30)
    /// The pipeline definitions that an upload may name.
    public var uploadPipelines: [String] = []
    /// The largest avatar or background, in bytes.
    public var pictureMaxBytes = 5 << 20
    /// The most entries of a list: an author's videos, likes, comments, followers, messages of one answer.
    public var listLimit = 1000
    /// How many of the newest videos are kept in memory for the feed.
    public var feedCapacity = 3000
    /// Whether `/media/` is answered here; nginx does it better, where there is one.
    public var servesMedia = true
    /// Signs the addresses of media that not everyone may see; the gateway has the same.
    public var mediaSecret: String
    /// How long such an address is good for, in seconds.
    public var privateLinkSeconds = 10 * 60
    /// How long a connection may be silent, between requests and in the middle of one.
    public var idleTimeout: Duration = .seconds(60)
    /// How long a request's head may take to arrive, from its first byte or the start of its connection on.
    public var headTimeout: Duration = .seconds(10)
    /// How long nothing more of a body may come while it is waited for.
    public var bodyTimeout: Duration = .seconds(30)
    /// Whose pages may use `/api/v1`: origins, or `*` for all.
    public var corsOrigins = ["*"]
    /// How often a client should ask for a video that is being processed.
    public var processingRetrySeconds = 2

    public init(publicBaseURL: String, tokenSecret: String) {
        self.publicBaseURL = publicBaseURL
        self.tokenSecret = tokenSecret
        // One secret must not be found out from the other.
        let key = SymmetricKey(data: Data(tokenSecret.utf8))
        mediaSecret = HMAC<SHA256>.authenticationCode(for: Data("media addresses".utf8), using: key)
            .map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
}

/// Libraries log what they are given, and describe all that is in it.
extension APIConfiguration: CustomStringConvertible {
    public var description: String { "APIConfiguration(\(publicBaseURL))" }
}
