public import Domain

/// What of a page one viewer likes and follows.
public struct ViewerMarks: Sendable, Equatable {
    public var favorites: Set<VideoID>
    public var followed: Set<UserID>

    public init(favorites: Set<VideoID> = [], followed: Set<UserID> = []) {
        self.favorites = favorites
        self.followed = followed
    }
}
