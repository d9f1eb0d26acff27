public import Domain
public import Jobs

/// Tell the caches before the gateway, as a CDN's, to forget what nobody may see any more.
public struct PurgeMedia: JobArguments {
    public static let kind = "purge_media"
    public static let queue = "upkeep"
    public static let deadline: Duration = .seconds(60)
    /// A CDN that is away comes back; what was promised to be gone must not stay for that.
    public static let maxAttempts = 100

    public var videoID: VideoID
    /// Of the store, each with a slash at its end; kept here, because the video's row may be gone by then.
    public var folders: [String]

    /// `mediaPrefix` is where what viewers play is, which need not be below the video's own number.
    public init(videoID: VideoID, mediaPrefix: String?) {
        self.videoID = videoID
        let own = "videos/\(videoID)/"
        let shared = mediaPrefix.map { $0.hasSuffix("/") ? $0 : $0 + "/" }
        folders = [own] + [shared].compactMap(\.self).filter { !$0.hasPrefix(own) }
    }
}
