/// How often users and addresses may ask, by group of routes; one without a rule may always.
public struct RateLimitRules: Sendable {
    public var perUser: [LimitGroup: RateLimit]
    public var perAddress: [LimitGroup: RateLimit]

    public init(perUser: [LimitGroup: RateLimit] = [:], perAddress: [LimitGroup: RateLimit] = [:]) {
        self.perUser = perUser
        self.perAddress = perAddress
    }
}
