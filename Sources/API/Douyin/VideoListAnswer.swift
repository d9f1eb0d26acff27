import Database

/// Videos of one author, or liked by one user.
struct VideoListAnswer: DouyinAnswer {
    static let empty = VideoListAnswer([])

    private let videos: [DouyinVideo]

    private init(_ videos: [DouyinVideo]) { self.videos = videos }

    init(_ videos: [VideoSummary], addresses: PublicAddresses) {
        self.videos = videos.map { DouyinVideo($0, addresses: addresses) }
    }

    func write(to json: inout JSONWriter) {
        json.member("video_list", videos) { json, video in video.write(to: &json) }
    }
}
