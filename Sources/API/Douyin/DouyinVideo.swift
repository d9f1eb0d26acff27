import Database
import Domain

/// A video as clients know one.
struct DouyinVideo: Encodable, Sendable {
    let id: Int64
    let author: DouyinUser
    let playURL: String
    let coverURL: String
    let favoriteCount: Int64
    let commentCount: Int64
    let isFavorite: Bool
    let title: String
    /// `uploading`, `processing`, `ready` or `failed`: ours, beside the contract's fields.
    let status: String
    /// Why it failed, in a sentence for the creator; else empty.
    let statusReason: String

    enum CodingKeys: String, CodingKey {
        case id, author, title, status
        case playURL = "play_url"
        case coverURL = "cover_url"
        case favoriteCount = "favorite_count"
        case commentCount = "comment_count"
        case isFavorite = "is_favorite"
        case statusReason = "status_reason"
    }

    init(_ video: VideoSummary, addresses: PublicAddresses) {
        id = video.id.rawValue
        author = DouyinUser(video.author, addresses: addresses)
        playURL = addresses.media(.play, of: video.id, prefix: video.state == .ready ? video.mediaPrefix : nil)
        coverURL = addresses.media(.cover, of: video.id, prefix: video.state == .ready ? video.mediaPrefix : nil)
        favoriteCount = 0
        commentCount = 0
        isFavorite = false
        title = video.title
        status = video.state.rawValue
        statusReason = video.failureReason ?? ""
    }
}

/// An author's videos.
struct VideoListAnswer: DouyinAnswer {
    static let empty = VideoListAnswer(videoList: [])

    let videoList: [DouyinVideo]

    enum CodingKeys: String, CodingKey { case videoList = "video_list" }
}
