import Database
import Domain
import Feed
import NIOCore

/// Renders the feed as `/douyin/feed/` answers it.
struct DouyinFeedRenderer: FeedRenderer {
    let addresses: PublicAddresses

    func render(_ video: VideoSummary) -> FeedFragment { FeedFragment(DouyinVideo(video, addresses: addresses)) }

    func render(_ videos: [FeedFragment], nextTime: Int64) -> ByteBuffer {
        Self.page(nextTime: nextTime, message: Phrase.success(in: .english), videos: videos) { video, buffer in
            buffer.writeImmutableBuffer(video.anonymous)
        }
    }

    /// The answer around the videos; `write` adds one of them.
    static func page<Video>(
        nextTime: Int64,
        message: String,
        videos: some Sequence<Video>,
        write: (Video, inout ByteBuffer) -> Void
    ) -> ByteBuffer {
        JSONWriter.object(capacity: 32 * 1024) { json in
            json.member("status_code", 0)
            json.member("status_msg", message)
            json.member("next_time", nextTime)
            json.member("video_list", rendered: videos, write)
        }
    }
}
