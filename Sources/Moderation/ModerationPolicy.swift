/// What is done with a text that contains a word of the list.
public enum ModerationPolicy: String, Sendable, CaseIterable {
    /// Nothing; the text is not looked at.
    case off
    /// It is not accepted.
    case refuse
    /// It is accepted with a `*` for every character of the word.
    case mask
    /// It is accepted, and shown to others once a person has looked at it.
    case hold
}
