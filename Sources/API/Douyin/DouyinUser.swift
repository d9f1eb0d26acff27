import Database
import Domain

/// A user as clients know one.
struct DouyinUser: Sendable {
    private let profile: UserProfile?
    private let addresses: PublicAddresses?

    /// The fields without a user, for refusals.
    static let none = DouyinUser()

    private init() { (profile, addresses) = (nil, nil) }

    init(_ profile: UserProfile, addresses: PublicAddresses) {
        self.profile = profile
        self.addresses = addresses
    }

    /// Writes the members of its object.
    ///
    /// - Returns: where the value of `is_follow` stands, the only one that differs from viewer to viewer.
    @discardableResult
    func write(to json: inout JSONWriter) -> Int {
        let counts = profile?.counts ?? UserCounts()
        json.member("id", profile?.id.rawValue ?? 0)
        json.member("name", profile?.name ?? "")
        json.member("follow_count", counts.follows)
        json.member("follower_count", counts.followers)
        json.member("avatar", addresses?.avatar(profile?.avatarKey) ?? "")
        json.member("background_image", addresses?.background(profile?.backgroundKey) ?? "")
        json.member("signature", profile?.signature ?? "")
        json.member("total_favorited", counts.favorited)
        json.member("work_count", counts.works)
        json.member("favorite_count", counts.favorites)
        return json.marked("is_follow", profile?.isFollowed ?? false)
    }
}
