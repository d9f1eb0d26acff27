import Database
import Feed
import Hummingbird
import ObjectStorage

/// Everything that the routes of one application share.
struct APIParts: Sendable {
    let services: APIServices
    let configuration: APIConfiguration
    let privateLinks: PrivateLinks
    let addresses: PublicAddresses
    let users: Users
    let videos: Videos
    let feed: LiveFeed<DouyinFeedRenderer>
    let revoked: RevokedTokens
    let gate: Gate
    let content: ContentCheck
    /// One line for all who wait for a password to be hashed.
    var passwords: PasswordHasher
    let uploads: UploadCore

    init(_ services: APIServices, configuration: APIConfiguration) {
        self.services = services
        self.configuration = configuration
        privateLinks = PrivateLinks(
            secret: configuration.mediaSecret,
            lifetimeSeconds: configuration.privateLinkSeconds
        )
        addresses = PublicAddresses(base: configuration.publicBaseURL, privateLinks: privateLinks)
        users = Users(services.pool)
        videos = Videos(pool: services.pool)
        feed = LiveFeed(
            videos,
            renderer: DouyinFeedRenderer(addresses: addresses),
            capacity: configuration.feedCapacity
        )
        revoked = RevokedTokens(users, lifetime: configuration.tokenLifetime)
        gate = Gate(
            tokens: AccessTokens(
                secret: configuration.tokenSecret,
                lifetime: configuration.tokenLifetime,
                revoked: revoked
            ),
            limits: RateLimits(configuration.rateLimits, trustsForwarded: configuration.trustsForwarded)
        )
        content = ContentCheck(moderator: services.moderator)
        passwords = PasswordHasher(configuration)
        uploads = UploadCore(
            uploads: Uploads(
                services.pool,
                lifetime: configuration.uploadLifetime,
                repeatWindow: configuration.repeatWindow,
                finishingLease: configuration.finishingLease,
                unfinishedLifetime: configuration.unfinishedLifetime
            ),
            videos: videos,
            store: services.store,
            sink: services.store.uploadSink(spoolFolder: configuration.uploadSpool),
            rules: UploadRules(
                maxBytes: configuration.uploadMaxBytes,
                quota: configuration.uploadQuota,
                findsDuplicates: configuration.findsDuplicates,
                pipelines: configuration.uploadPipelines,
                coverMaxBytes: configuration.pictureMaxBytes,
                formPatience: configuration.formPatience
            ),
            anonymousForms: AnonymousForms(configuration.anonymousForms),
            spoolFolder: configuration.uploadSpool
        )
    }
}
