public import Domain
import Postgres

/// The same bytes once more: nothing is encoded that its creator has had encoded before.
extension Videos {
    /// The video of which this is the same request again, of its creator with the same bytes and title.
    ///
    /// The window ends when the upload began, not now: maintenance may finish it hours after its client has sent it again.
    static func repeated(
        _ video: NewVideo,
        of upload: String,
        within window: Duration,
        in transaction: any DatabaseSession
    ) async throws -> VideoID? {
        guard window > .zero else { return nil }
        return try await transaction.first(videoRepeated(video, upload, window), as: VideoID.self)
    }

    /// Records a video that shows the media of an older one: those that are made, or those that its flow makes.
    ///
    /// - Returns: `false` where there are none to share, and nothing happened.
    func share(_ video: NewVideo, in transaction: any DatabaseSession) async throws -> Bool {
        // An image of one's own is no choice that two videos have in common.
        guard video.cover.key == nil,
            let media = try await transaction.first(Self.mediaShareable(video), as: VideoID.self),
            try await Self.lockMedia(media, in: transaction),
            let isReady = try await transaction.first(Self.mediaIsReady(media), as: Bool.self)
        else { return false }
        try await ChangeChannel.videos.notify([video.id.rawValue], in: transaction)
        guard try await transaction.execute(Self.videoShare(video, media)) > 0 else { return false }
        if isReady { try await transaction.executeLast(Self.clockTick(video.id)) }
        return true
    }

    private static func videoRepeated(_ video: NewVideo, _ upload: String, _ window: Duration) -> SQL {
        """
        SELECT id FROM videos
        WHERE \(hasBytes(of: video)) AND title = \(video.title)
          AND created_at > (SELECT uploads.created_at FROM uploads WHERE uploads.id = \(upload)) - \(window)
        ORDER BY id DESC LIMIT 1
        """
    }

    private static func hasBytes(of video: NewVideo) -> SQL {
        """
        author_id = \(video.authorID) AND source_sha256 = \(video.sourceSHA256)
        AND source_bytes = \(video.sourceBytes) AND state IN ('processing', 'ready')
        """
    }

    /// Whether there is, or will be, everything of a video: a flow that ends says so under the lock of the media.
    private static let hasFuture: SQL = """
        (complete_at IS NOT NULL
         OR EXISTS (SELECT FROM jobs.flow WHERE flow.id = videos.flow_id AND flow.state = 'running'))
        """

    private static func mediaShareable(_ video: NewVideo) -> SQL {
        """
        SELECT media_id FROM videos
        WHERE \(hasBytes(of: video)) AND \(hasFuture)
          AND pipeline IS NOT DISTINCT FROM \(video.pipeline)
          AND cover_seconds IS NOT DISTINCT FROM \(video.cover.seconds) AND cover_key IS NULL
        ORDER BY complete_at IS NULL, id LIMIT 1
        """
    }

    private static func mediaIsReady(_ media: VideoID) -> SQL {
        """
        SELECT state = 'ready' FROM videos
        WHERE media_id = \(media) AND state IN ('processing', 'ready') AND \(hasFuture)
        ORDER BY id LIMIT 1
        """
    }

    private static func videoShare(_ video: NewVideo, _ media: VideoID) -> SQL {
        """
        INSERT INTO videos
            (id, author_id, title, visibility, media_id, state, flow_id, source_key, source_bytes, source_sha256,
             source_retired_at, pipeline, cover_seconds, media_info, media_prefix, media_files, width, height,
             duration_seconds, renditions, thumb_hash, published_ms, playable_at, complete_at)
        SELECT \(video.id), author_id, \(video.title), \(video.visibility), media_id, state, flow_id, source_key,
               source_bytes, source_sha256, source_retired_at, pipeline, cover_seconds, media_info, media_prefix,
               media_files, width, height, duration_seconds, renditions, thumb_hash,
               -- Nobody sees this one: the clock gives the true time before the transaction ends.
               CASE WHEN state = 'ready' THEN -\(video.id)::bigint END,
               CASE WHEN state = 'ready' THEN clock_timestamp() END,
               CASE WHEN complete_at IS NOT NULL THEN clock_timestamp() END
        FROM videos
        WHERE media_id = \(media) AND state IN ('processing', 'ready')
        ORDER BY id LIMIT 1
        """
    }
}
