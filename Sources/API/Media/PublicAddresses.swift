import Domain

/// The absolute URLs that clients are given.
struct PublicAddresses: Sendable {
    /// What has an address from the moment of the upload on.
    enum MediaFile: String, Sendable, CaseIterable {
        case play = "play.mp4"
        case cover = "cover.jpg"
    }

    private let base: String
    private let privateLinks: PrivateLinks

    init(base: String, privateLinks: PrivateLinks) {
        self.base = base.hasSuffix("/") ? String(base.dropLast()) : base
        self.privateLinks = privateLinks
    }

    /// A user's avatar, or the one that everyone starts with.
    func avatar(_ key: String?) -> String { key.map { "\(base)/media/\($0)" } ?? "\(base)/static/avatar.png" }

    /// The same for the picture behind a profile.
    func background(_ key: String?) -> String { key.map { "\(base)/media/\($0)" } ?? "\(base)/static/background.jpg" }

    /// An address of the API.
    func absolute(_ path: String) -> String { base + path }

    /// What the address of a finished package's files begins with, its final slash included.
    ///
    /// Of a video that waits for a review, or was hidden, it is signed and expires.
    func media(in folder: String, _ visibility: VideoVisibility) -> String {
        let signature = visibility == .public ? "" : privateLinks.signature(for: folder)
        return "\(base)/media/\(signature)\(folder)/"
    }

    /// The file itself, or, until it exists, the address that leads there once it does.
    func media(_ file: MediaFile, of id: VideoID, prefix: String?, _ visibility: VideoVisibility) -> String {
        guard let prefix else { return "\(base)/v/\(id)/\(file.rawValue)" }
        return media(in: prefix, visibility) + file.rawValue
    }
}
