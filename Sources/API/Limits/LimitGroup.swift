/// Routes that share a rate limit.
public enum LimitGroup: String, Sendable, CaseIterable {
    /// Register and login.
    case account
    /// Everything that only reads: the feed, lists, profiles, polling a chat.
    case read
    /// Likes, follows, comments, and edits of one's profile.
    case write
    /// Sending messages.
    case message
    /// Uploads.
    case publish
}
