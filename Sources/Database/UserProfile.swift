public import Domain

/// What others, or the user themselves, are shown of a user.
public struct UserProfile: Sendable, Equatable {
    public var id: UserID
    public var name: String
    public var signature: String
    /// The number of videos that the viewer finds in the user's list.
    public var workCount: Int64

    public init(id: UserID, name: String, signature: String = "", workCount: Int64 = 0) {
        self.id = id
        self.name = name
        self.signature = signature
        self.workCount = workCount
    }
}
