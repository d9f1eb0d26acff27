/// The numbers beside a user's name.
public struct UserCounts: Sendable, Equatable {
    /// The videos that the viewer finds in the user's list.
    public var works: Int64
    /// The likes that the user has given.
    public var favorites: Int64
    /// The likes that the user's videos have got.
    public var favorited: Int64
    /// Whom the user follows.
    public var follows: Int64
    /// Who follows the user.
    public var followers: Int64

    public init(
        works: Int64 = 0,
        favorites: Int64 = 0,
        favorited: Int64 = 0,
        follows: Int64 = 0,
        followers: Int64 = 0
    ) {
        self.works = works
        self.favorites = favorites
        self.favorited = favorited
        self.follows = follows
        self.followers = followers
    }
}
