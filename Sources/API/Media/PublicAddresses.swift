import Domain

/// The absolute URLs that clients are given.
struct PublicAddresses: Sendable {
    enum MediaFile: String, Sendable, CaseIterable {
        case play = "play.mp4"
        case cover = "cover.jpg"
    }

    private let base: String

    init(base: String) {
        self.base = base.hasSuffix("/") ? String(base.dropLast()) : base
    }

    var avatar: String { "\(base)/static/avatar.png" }
    var background: String { "\(base)/static/background.jpg" }

    /// The file itself, or, until it exists, the address that leads there once it does.
    func media(_ file: MediaFile, of id: VideoID, prefix: String?) -> String {
        guard let prefix else { return "\(base)/v/\(id)/\(file.rawValue)" }
        return "\(base)/media/\(prefix)/\(file.rawValue)"
    }
}
