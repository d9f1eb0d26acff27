import Domain

/// The absolute URLs that clients are given.
struct PublicAddresses: Sendable {
    /// What has an address from the moment of the upload on.
    enum MediaFile: String, Sendable, CaseIterable {
        case play = "play.mp4"
        case cover = "cover.jpg"
    }

    private let base: String

    init(base: String) {
        self.base = base.hasSuffix("/") ? String(base.dropLast()) : base
    }

    /// A user's avatar, or the one that everyone starts with.
    func avatar(_ key: String?) -> String { key.map { "\(base)/media/\($0)" } ?? "\(base)/static/avatar.png" }

    /// The same for the picture behind a profile.
    func background(_ key: String?) -> String { key.map { "\(base)/media/\($0)" } ?? "\(base)/static/background.jpg" }

    /// A file of a finished package, by its path in it.
    func media(_ path: String, prefix: String) -> String { "\(base)/media/\(prefix)/\(path)" }

    /// The file itself, or, until it exists, the address that leads there once it does.
    func media(_ file: MediaFile, of id: VideoID, prefix: String?) -> String {
        guard let prefix else { return "\(base)/v/\(id)/\(file.rawValue)" }
        return "\(base)/media/\(prefix)/\(file.rawValue)"
    }
}
