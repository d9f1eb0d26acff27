/// One of the five services of the API: a group of routes that can run, and be scaled, as a process of its own.
public enum APIService: String, Sendable, CaseIterable {
    /// Accounts: register, login, profiles and `/api/v1/me`.
    case user
    /// The feed, uploads and authors' lists, and the addresses of media.
    case video
    /// Likes and comments.
    case interaction
    /// Who follows whom.
    case relation
    /// Chats.
    case message
}
