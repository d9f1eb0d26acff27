import API
import Argon2
import Bootstrap
import Database
import Foundation
import Logging
import Moderation
import Postgres

/// What the commands build from the settings.
extension Settings {
    func makePool(applicationName: String, logger: Logger) throws -> PostgresPool {
        var configuration = PostgresConfiguration(conninfo: try requireDatabaseURL().revealed)
        configuration.maxConnections = databaseConnections
        configuration.applicationName = applicationName
        configuration.preparedStatements = preparesStatements.isForced
        configuration.listenConninfo = listenURL?.revealed
        // Without libpq's words, which repeat the address and the password in it.
        guard configuration.isWellFormed else {
            throw UpError(
                "CLIPYARD_DATABASE_URL is neither an address, as in postgresql://user:password@localhost/clipyard, nor "
                    + "keywords, as in host=localhost dbname=clipyard."
            )
        }
        guard configuration.isListenWellFormed else {
            throw UpError("CLIPYARD_LISTEN_URL must have the form of CLIPYARD_DATABASE_URL: an address or keywords.")
        }
        return PostgresPool(configuration, logger: logger)
    }

    /// Where this machine reaches its own gateway, whatever name and way others have.
    var gatewayAddress: String {
        let scheme = gateway.certificate == nil ? "http" : "https"
        // All addresses of the machine are none to connect to.
        return "\(scheme)://\(host == "0.0.0.0" ? "127.0.0.1" : host):\(port)"
    }

    func makeAPIConfiguration() throws -> APIConfiguration {
        var configuration = APIConfiguration(
            publicBaseURL: publicURL,
            tokenSecret: try requireTokenSecret().revealed
        )
        configuration.tokenLifetime = .seconds(api.tokenLifetimeSeconds)
        configuration.passwordCost = Argon2Parameters(
            memoryKiB: UInt32(api.passwordMemoryKiB),
            iterations: UInt32(api.passwordIterations),
            parallelism: UInt32(api.passwordParallelism)
        )
        configuration.passwordThreads = api.passwordThreads
        configuration.loginLimitPerAccount = api.loginLimitPerAccount.flatMap(RateLimit.init)
        configuration.loginLimitPerAddress = api.loginLimitPerAddress.flatMap(RateLimit.init)
        configuration.loginSlowdownPerAccount = api.loginSlowdownPerAccount.flatMap(RateLimit.init)
        configuration.commonPasswords = try readCommonPasswords()
        configuration.rateLimits = RateLimitRules(
            perUser: Self.limits(api.limitsPerUser),
            perAddress: Self.limits(api.limitsPerAddress)
        )
        configuration.trustsForwarded = api.trustsForwarded
        configuration.headTimeout = .seconds(api.headSeconds)
        configuration.bodyTimeout = .seconds(api.bodySeconds)
        configuration.corsOrigins = api.corsOrigins.filter { $0 != "none" }
        configuration.uploadPipelines = uploadPipelines
        configuration.uploadMaxBytes = Int64(api.uploads.maxBytes)
        configuration.uploadLifetime = .seconds(api.uploads.lifetimeSeconds)
        configuration.uploadSpool = scratch + "/uploads"
        configuration.uploadQuota = api.uploads.quota
        configuration.anonymousForms = api.anonymousForms.limits
        configuration.bodyMemoryBytes = api.anonymousForms.bodyMemoryBytes
        configuration.findsDuplicates = api.uploads.findsDuplicates
        configuration.unfinishedLifetime = .seconds(api.uploads.unfinishedDays * 86_400)
        configuration.repeatWindow = .seconds(api.uploads.repeatSeconds)
        configuration.pictureMaxBytes = api.pictureMaxBytes
        configuration.listLimit = api.listMax
        configuration.feedCapacity = api.feedCapacity
        configuration.servesMedia = api.servesMedia
        if let secret = api.mediaSecret { configuration.mediaSecret = secret.revealed }
        configuration.privateLinkSeconds = api.privateLinkSeconds
        return configuration
    }

    /// The word filter; its list must be there and right before anything starts.
    func makeModerator(logger: Logger) throws -> Moderator {
        let policies = api.moderation.reduce(into: [ModeratedField: ModerationPolicy]()) { policies, setting in
            guard let field = ModeratedField(rawValue: setting.key) else { return }
            policies[field] = ModerationPolicy(rawValue: setting.value)
        }
        guard api.words != "none" else { return try Moderator(wordListPath: nil, policies: policies, logger: logger) }
        let path = ResourceFolder.find(api.words) ?? api.words
        return try Moderator(wordListPath: path, policies: policies, logger: logger)
    }

    /// One password a line; lines that begin with `#` are comments.
    private func readCommonPasswords() throws -> Set<String> {
        guard api.commonPasswords != "none" else { return [] }
        let path = ResourceFolder.find(api.commonPasswords) ?? api.commonPasswords
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw UpError(
                "The list of common passwords \(path) cannot be read. Set CLIPYARD_COMMON_PASSWORDS to one, or to none."
            )
        }
        return Set(text.split(whereSeparator: \.isNewline).filter { !$0.hasPrefix("#") }.map { $0.lowercased() })
    }

    private static func limits(_ rates: [String: Rate]) -> [LimitGroup: RateLimit] {
        rates.reduce(into: [:]) { limits, rate in
            if let group = LimitGroup(rawValue: rate.key) { limits[group] = RateLimit(rate.value) }
        }
    }
}

extension RateLimit {
    init?(_ rate: Rate) { self.init(capacity: rate.count, periodSeconds: rate.seconds) }
}

extension UploadSettings {
    fileprivate var quota: UploadQuota {
        UploadQuota(
            bytesPerDay: bytesPerDay > 0 ? Int64(bytesPerDay) : nil,
            videosPerHour: videosPerHour > 0 ? videosPerHour : nil,
            atOnce: atOnce > 0 ? atOnce : nil
        )
    }
}

extension AnonymousFormSettings {
    fileprivate var limits: AnonymousFormLimits {
        var limits = AnonymousFormLimits()
        (limits.bytesPerForm, limits.bytesInAll) = (Int64(bytesPerForm), Int64(bytesInAll))
        (limits.perAddress, limits.inAll) = (perAddress, inAll)
        limits.patience = .seconds(seconds)
        return limits
    }
}
