/// What ``Moderator/check(_:as:)`` answers.
public enum ModerationOutcome: Sendable, Equatable {
    /// No word of the list is in the text, or the field is not moderated.
    case clean
    case refused
    /// The text to store instead: a `*` for every character of a word, the rest as it was.
    case masked(String)
    case held
}
