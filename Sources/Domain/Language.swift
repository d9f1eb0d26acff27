/// A language that answers are given in.
public enum Language: Sendable, CaseIterable {
    case english, chinese
}
