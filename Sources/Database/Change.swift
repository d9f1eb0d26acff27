public import Domain

/// What somebody who keeps something in memory must look at again.
public enum Change: Sendable, Equatable {
    /// Anything may have changed.
    case everything
    case videos([VideoID])
    case users([UserID])
    /// Tokens of these users are void: all older ones, or that of one login.
    case tokens([UserID])
}
