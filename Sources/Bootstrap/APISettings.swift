/// What an operator can set about accounts, limits and texts.
public struct APISettings: Sendable {
    /// `CLIPYARD_TOKEN_LIFETIME_SECONDS` (default 30 days): how long a login lasts.
    public let tokenLifetimeSeconds: Int
    /// `CLIPYARD_PASSWORD_MEMORY_KIB` (default 19456), `CLIPYARD_PASSWORD_ITERATIONS` (default 2) and
    /// `CLIPYARD_PASSWORD_PARALLELISM` (default 1): Argon2id's parameters.
    ///
    /// Hashes made with others are renewed when their owners log in.
    public let passwordMemoryKiB: Int
    public let passwordIterations: Int
    public let passwordParallelism: Int
    /// `CLIPYARD_PASSWORD_THREADS` (default 2): passwords hashed at a time by one process.
    public let passwordThreads: Int
    /// `CLIPYARD_LOGIN_LIMIT_PER_ACCOUNT` (default `20/600`): wrong passwords for one account from one address.
    public let loginLimitPerAccount: Rate?
    /// `CLIPYARD_LOGIN_SLOWDOWN_PER_ACCOUNT` (default `100/600`): wrong passwords for one account from everywhere,
    /// after which each try takes up to 3 s longer.
    public let loginSlowdownPerAccount: Rate?
    /// `CLIPYARD_COMMON_PASSWORDS` (default `moderation/passwords.txt`): passwords nobody may choose; `none` for no list.
    public let commonPasswords: String
    /// `CLIPYARD_LOGIN_LIMIT_PER_ADDRESS` (default `100/600`): wrong passwords from one address.
    public let loginLimitPerAddress: Rate?
    /// `CLIPYARD_LIMIT_{ACCOUNT,READ,WRITE,MESSAGE,PUBLISH}_PER_USER` and `…_PER_ADDRESS`, by lower-case group.
    ///
    /// Each is a count and seconds, as in `600/60`, or `off`.
    public let limitsPerUser: [String: Rate]
    public let limitsPerAddress: [String: Rate]
    /// `CLIPYARD_TRUST_FORWARDED` (default `no`): whether `X-Forwarded-For` says who asks; only behind our gateway.
    public let trustsForwarded: Bool
    /// `CLIPYARD_HEAD_SECONDS` (default 10): how long a request's head may take to arrive, at the gateway and at the API.
    public let headSeconds: Int
    /// `CLIPYARD_BODY_SECONDS` (default 30): how long nothing more of a body may come; uploads that keep sending go on.
    public let bodySeconds: Int
    /// `CLIPYARD_CORS_ORIGINS` (default `*`): sites whose pages may use `/api/v1`, with commas between them, as in
    /// `https://app.example.com`; `none` for no other than this one.
    public let corsOrigins: [String]
    /// Sizes, times and quotas of uploads.
    public let uploads: UploadSettings
    /// Limits of forms until their token has come, and of bodies in memory.
    public let anonymousForms: AnonymousFormSettings
    /// `CLIPYARD_PICTURE_MAX_BYTES` (default 5 MiB): the largest avatar or background.
    public let pictureMaxBytes: Int
    /// `CLIPYARD_LIST_MAX` (default 1000): the most entries of a list.
    public let listMax: Int
    /// `CLIPYARD_FEED_CAPACITY` (default 3000): the newest videos that are kept in memory.
    public let feedCapacity: Int
    /// `CLIPYARD_WORDS` (default `moderation/words.txt`): the list of sensitive words; `none` for no list.
    public let words: String
    /// `CLIPYARD_MODERATE_{TITLE,COMMENT,NAME,SIGNATURE,MESSAGE}`: `off`, `refuse`, `mask` or `hold`, by lower-case field.
    public let moderation: [String: String]
    /// `CLIPYARD_SERVE_MEDIA` (default `yes`): whether the API answers `/media/` itself; `no` behind nginx.
    public let servesMedia: Bool
    /// `CLIPYARD_MEDIA_SECRET` (default made from the token secret): signs addresses of media that not everyone may see.
    ///
    /// At least 32 letters, digits, `-` and `_`, the same for every process and the gateway.
    public let mediaSecret: Secret?
    /// `CLIPYARD_PRIVATE_LINK_SECONDS` (default 10 min): how long such an address is good for, whoever has it.
    public let privateLinkSeconds: Int

    /// The limits of a user and of an address, which may be many users behind one door.
    private static let limitDefaults: [(group: String, perUser: String, perAddress: String)] = [
        ("account", "60/60", "300/60"),
        ("read", "1200/60", "6000/60"),
        ("write", "600/60", "3000/60"),
        ("message", "300/60", "1500/60"),
        ("publish", "100/3600", "600/3600"),
    ]
    private static let moderationDefaults = [
        ("title", "mask"), ("comment", "mask"), ("name", "refuse"), ("signature", "mask"), ("message", "mask"),
    ]

    init(_ reader: inout SettingsReader) {
        tokenLifetimeSeconds = reader.integer(
            "CLIPYARD_TOKEN_LIFETIME_SECONDS",
            default: 30 * 86_400,
            in: 60...(10 * 365 * 86_400)
        )
        passwordMemoryKiB = reader.integer("CLIPYARD_PASSWORD_MEMORY_KIB", default: 19_456, in: 64...(4 << 20))
        passwordIterations = reader.integer("CLIPYARD_PASSWORD_ITERATIONS", default: 2, in: 1...100)
        passwordParallelism = reader.integer("CLIPYARD_PASSWORD_PARALLELISM", default: 1, in: 1...8)
        passwordThreads = reader.integer("CLIPYARD_PASSWORD_THREADS", default: 2, in: 1...256)
        loginLimitPerAccount = reader.rate("CLIPYARD_LOGIN_LIMIT_PER_ACCOUNT", default: "20/600")
        loginSlowdownPerAccount = reader.rate("CLIPYARD_LOGIN_SLOWDOWN_PER_ACCOUNT", default: "100/600")
        commonPasswords = reader.string("CLIPYARD_COMMON_PASSWORDS", default: "moderation/passwords.txt")
        loginLimitPerAddress = reader.rate("CLIPYARD_LOGIN_LIMIT_PER_ADDRESS", default: "100/600")
        (limitsPerUser, limitsPerAddress) = Self.readLimits(&reader)
        trustsForwarded = reader.choice("CLIPYARD_TRUST_FORWARDED", default: YesNo.no) == .yes
        headSeconds = reader.integer("CLIPYARD_HEAD_SECONDS", default: 10, in: 1...3600)
        bodySeconds = reader.integer("CLIPYARD_BODY_SECONDS", default: 30, in: 1...3600)
        corsOrigins = reader.list(
            "CLIPYARD_CORS_ORIGINS",
            default: "*",
            expecting:
                "*, none, or origins with commas between them, as in https://app.example.com,http://localhost:3000"
        ) {
            ["*", "none"].contains($0) || $0.wholeMatch(of: /https?:\/\/[A-Za-z0-9.\[\]:-]+/) != nil
        }
        uploads = UploadSettings(&reader)
        anonymousForms = AnonymousFormSettings(&reader)
        pictureMaxBytes = reader.integer("CLIPYARD_PICTURE_MAX_BYTES", default: 5 << 20, in: 1024...(1 << 30))
        listMax = reader.integer("CLIPYARD_LIST_MAX", default: 1000, in: 1...100_000)
        feedCapacity = reader.integer("CLIPYARD_FEED_CAPACITY", default: 3000, in: 30...1_000_000)
        words = reader.string("CLIPYARD_WORDS", default: "moderation/words.txt")
        moderation = Self.readModeration(&reader)
        servesMedia = reader.choice("CLIPYARD_SERVE_MEDIA", default: YesNo.yes) == .yes
        mediaSecret = reader.secret("CLIPYARD_MEDIA_SECRET", expecting: "32 letters, digits, - and _ at least") {
            secret in
            secret.utf8.count >= 32
                && secret.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_".contains($0)) }
        }
        privateLinkSeconds = reader.integer("CLIPYARD_PRIVATE_LINK_SECONDS", default: 600, in: 60...(7 * 86_400))
    }

    private static func readLimits(_ reader: inout SettingsReader) -> ([String: Rate], [String: Rate]) {
        var (perUser, perAddress): ([String: Rate], [String: Rate]) = ([:], [:])
        for limit in limitDefaults {
            let name = "CLIPYARD_LIMIT_\(limit.group.uppercased())_PER_"
            perUser[limit.group] = reader.rate("\(name)USER", default: limit.perUser)
            perAddress[limit.group] = reader.rate("\(name)ADDRESS", default: limit.perAddress)
        }
        return (perUser, perAddress)
    }

    private enum Policy: String, CaseIterable { case off, refuse, mask, hold }

    private static func readModeration(_ reader: inout SettingsReader) -> [String: String] {
        moderationDefaults.reduce(into: [:]) { policies, field in
            let fallback = Policy(rawValue: field.1) ?? .refuse
            policies[field.0] = reader.choice("CLIPYARD_MODERATE_\(field.0.uppercased())", default: fallback).rawValue
        }
    }
}
