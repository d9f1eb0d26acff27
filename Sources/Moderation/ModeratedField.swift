/// The texts of users that are looked at before others see them.
public enum ModeratedField: String, Sendable, CaseIterable {
    case title
    case comment
    case name
    case signature
    case message

    /// What is done unless the operator says otherwise.
    ///
    /// A name of stars names nobody, so it is refused; elsewhere the rest of the text is worth keeping.
    public var defaultPolicy: ModerationPolicy { self == .name ? .refuse : .mask }
}
