import Database
import Domain

/// A video as clients know one.
struct DouyinVideo: Sendable {
    /// Where the two values stand that differ from viewer to viewer.
    struct Marks: Sendable {
        var isFollow = 0
        var isFavorite = 0
    }

    private let video: VideoSummary
    private let addresses: PublicAddresses

    init(_ video: VideoSummary, addresses: PublicAddresses) {
        self.video = video
        self.addresses = addresses
    }

    /// Writes it as one object.
    @discardableResult
    func write(to json: inout JSONWriter) -> Marks {
        var marks = Marks()
        // What an operator hid has no addresses: its author could hand on new ones for ever.
        let prefix = video.state == .ready && video.visibility != .hidden ? video.mediaPrefix : nil
        json.object { json in
            json.member("id", video.id.rawValue)
            json.member("author") { marks.isFollow = DouyinUser(video.author, addresses: addresses).write(to: &$0) }
            json.member("play_url", address(.play, prefix))
            json.member("cover_url", address(.cover, prefix))
            json.member("favorite_count", video.favoriteCount)
            json.member("comment_count", video.commentCount)
            json.member("title", video.title)
            // Ours, beside the contract's fields: the video's state, and for its author why it is not seen.
            json.member("status", video.state.rawValue)
            json.member("status_reason", reason)
            marks.isFavorite = json.marked("is_favorite", video.isFavorite)
        }
        return marks
    }

    private func address(_ file: PublicAddresses.MediaFile, _ prefix: String?) -> String {
        addresses.media(file, of: video.id, prefix: prefix, video.visibility)
    }

    private var reason: String {
        switch video.visibility {
        // One that can be played is seen, though not everything of it could be made.
        case .public: video.state == .failed ? video.failureReason ?? "" : ""
        case .held: "Its title waits for a review. Until then only you see the video."
        case .hidden: "An operator has hidden this video. Only you see it."
        }
    }
}
