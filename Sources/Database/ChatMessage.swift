public import Domain

/// A message that was sent.
public struct ChatMessage: Sendable, Equatable {
    public var id: Int64
    public var senderID: UserID
    public var receiverID: UserID
    public var content: String
    /// Milliseconds since 1970.
    public var sentMilliseconds: Int64
}
