/// A user who follows and is followed by another.
public struct Friend: Sendable, Equatable {
    public var profile: UserProfile
    /// What the viewer and the friend last wrote; `nil` before the first word.
    public var newestMessage: NewestMessage?

    public struct NewestMessage: Sendable, Equatable {
        public var content: String
        /// Whether the viewer wrote it, not the friend.
        public var isSent: Bool
    }
}
