/// What a creator wants the cover of a video to be.
public enum CoverWish: Sendable, Equatable {
    /// The best picture that is found.
    case automatic
    /// The picture at a time, in seconds from the start.
    case at(seconds: Double)
    /// An image of the creator's, by its key in the object store.
    case image(key: String)

    init(seconds: Double?, key: String?) {
        self = seconds.map { .at(seconds: $0) } ?? key.map { .image(key: $0) } ?? .automatic
    }

    var seconds: Double? {
        if case .at(let seconds) = self { seconds } else { nil }
    }

    var key: String? {
        if case .image(let key) = self { key } else { nil }
    }
}
