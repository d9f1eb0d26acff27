public import Domain

/// What others, or the user themselves, are shown of a user.
public struct UserProfile: Sendable, Equatable {
    public var id: UserID
    public var name: String
    public var signature: String
    /// Keys in the object store; `nil` for the picture that everyone starts with.
    public var avatarKey: String?
    public var backgroundKey: String?
    public var counts: UserCounts
    /// Whether the viewer follows them.
    public var isFollowed: Bool

    public init(
        id: UserID,
        name: String,
        signature: String = "",
        avatarKey: String? = nil,
        backgroundKey: String? = nil,
        counts: UserCounts = UserCounts(),
        isFollowed: Bool = false
    ) {
        self.id = id
        self.name = name
        self.signature = signature
        self.avatarKey = avatarKey
        self.backgroundKey = backgroundKey
        self.counts = counts
        self.isFollowed = isFollowed
    }
}
