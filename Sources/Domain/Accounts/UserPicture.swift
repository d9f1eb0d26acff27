/// The pictures that users choose of themselves.
public enum UserPicture: String, Sendable, CaseIterable {
    case avatar, background
}
