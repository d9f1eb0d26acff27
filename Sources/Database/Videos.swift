public import Domain
import Jobs
public import Postgres

/// The life of a video, from the stored upload to the feed.
///
/// Every change of state is one statement that names the states it may happen
/// in, so that a job that comes late changes nothing.
public struct Videos: Sendable {
    let pool: PostgresPool
    /// How long media that were replaced by better ones stay for those who are watching them.
    private let keepsReplaced: Duration

    public init(pool: PostgresPool, keepingReplacedMediaFor keepsReplaced: Duration = .seconds(6 * 60 * 60)) {
        self.pool = pool
        self.keepsReplaced = keepsReplaced
    }

    /// An id for a video that does not exist yet, so that its source can be stored under it first.
    public func reserveID() async throws -> VideoID {
        guard let id = try await pool.first(Self.videoReserve, as: VideoID.self) else {
            throw PostgresError(.decoding, message: "a sequence had no next value")
        }
        return id
    }

    /// Records a video and queues its jobs: neither ever exists without the other.
    public func create(_ video: NewVideo, in transaction: any DatabaseSession) async throws {
        let flow = NewFlow(
            kind: "video",
            ownerID: video.authorID.rawValue,
            jobs: [try NewJob(ProbeVideo(videoID: video.id))]
        )
        let flowID = try await JobQueue(pool: pool).enqueue(flow, in: transaction)
        try await transaction.execute(Self.videoInsert(video, flowID: flowID))
    }

    /// Where the bytes are that media are made of, and what has become of them; `nil` when there are no such media.
    ///
    /// Media are called by the number of the first video that showed them.
    public func source(of media: VideoID, in session: (any DatabaseSession)? = nil) async throws -> VideoSource? {
        typealias Columns = (UserID, String, VideoState, String?, Double?, String?, String?, Bool)
        return try await (session ?? pool).first(Self.videoSource(media), as: Columns.self).map { row in
            VideoSource(
                authorID: row.0,
                key: row.1,
                state: row.2,
                pipeline: row.3,
                cover: CoverWish(seconds: row.4, key: row.5),
                mediaPrefix: row.6,
                isComplete: row.7
            )
        }
    }

    /// Keeps what the probe found.
    public func recordProbe(_ media: VideoID, info: MediaInfo, in transaction: any DatabaseSession) async throws {
        _ = try await Self.lockMedia(media, in: transaction)
        try await transaction.execute(Self.videoProbed(media, info))
    }

    /// Makes the videos of some media playable for everyone, or gives those that already are better ones.
    ///
    /// `isComplete` says whether this is everything, or only what could be played first.
    /// Returns whether any is playable now; those that were removed meanwhile are not.
    @discardableResult
    public func publish(
        _ media: VideoID,
        prefix: String,
        package: MediaPackage,
        isComplete: Bool = true,
        in transaction: any DatabaseSession
    ) async throws -> Bool {
        guard try await Self.lockMedia(media, in: transaction) else { return false }
        let videos = try await transaction.query(Self.videosLock(media), as: (VideoID, UserID, Bool, String?).self)
        guard let author = videos.first?.1 else { return false }
        for replaced in Set(videos.compactMap(\.3)) where replaced != prefix {
            try await retire(replaced, of: author, after: keepsReplaced, in: transaction)
        }
        try await ChangeChannel.videos.notify(videos.map(\.0.rawValue), in: transaction)
        for (id, _, isReady, _) in videos {
            try await transaction.execute(Self.videoReady(id, prefix: prefix, package: package, isComplete: isComplete))
            if !isReady { try await transaction.executeLast(Self.clockTick(id)) }
        }
        return true
    }

    /// Has a folder of the object store removed some time from now; of one that holds the folders of leases, those of
    /// leases smaller than `lease`.
    public func retire(
        _ prefix: String,
        of author: UserID,
        after delay: Duration,
        leasesBelow lease: Int64? = nil,
        in transaction: any DatabaseSession
    ) async throws {
        let job = try NewJob(RetireMedia(prefix: prefix, leasesBelow: lease), delay: delay)
        let flow = NewFlow(kind: RetireMedia.kind, ownerID: author.rawValue, jobs: [job])
        try await JobQueue(pool: pool).enqueue(flow, in: transaction)
    }

    /// Records that the videos of some media will not be, with a sentence that their creator understands; those that
    /// can be played already stay as they are, and say why there is no more of them.
    public func fail(_ media: VideoID, code: String, reason: String, in transaction: any DatabaseSession) async throws {
        _ = try await end(media, VideoStatus.Failure(code: code, reason: reason), in: transaction)
    }

    /// Returns the videos that were waiting.
    func end(
        _ media: VideoID,
        _ failure: VideoStatus.Failure,
        in transaction: any DatabaseSession
    ) async throws -> [VideoID] {
        _ = try await Self.lockMedia(media, in: transaction)
        return try await transaction.query(
            Self.videosFail(where: "media_id = \(media)", code: failure.code, reason: failure.reason),
            as: VideoID.self
        )
    }
}

extension Videos {
    private static let videoReserve: SQL = "SELECT nextval(pg_get_serial_sequence('videos', 'id'))"

    private static func videoInsert(_ video: NewVideo, flowID: FlowID) -> SQL {
        """
        INSERT INTO videos
            (id, author_id, title, visibility, state, flow_id, source_key, source_bytes, source_sha256, pipeline,
             cover_seconds, cover_key)
        VALUES (\(video.id), \(video.authorID), \(video.title), \(video.visibility), 'processing',
                \(flowID.rawValue), \(video.sourceKey), \(video.sourceBytes), \(video.sourceSHA256),
                \(video.pipeline), \(video.cover.seconds), \(video.cover.key))
        """
    }

    /// Of videos that show the same, one that is not removed speaks for all.
    private static func videoSource(_ media: VideoID) -> SQL {
        """
        SELECT author_id, source_key, state, pipeline, cover_seconds, cover_key, media_prefix, complete_at IS NOT NULL
        FROM videos WHERE media_id = \(media) ORDER BY state = 'removed', id LIMIT 1
        """
    }

    private static func videoProbed(_ media: VideoID, _ info: MediaInfo) -> SQL {
        """
        UPDATE videos SET media_info = \(PostgresJSON(info)), updated_at = clock_timestamp()
        WHERE media_id = \(media) AND state = 'processing'
        """
    }

    private static func videosLock(_ media: VideoID) -> SQL {
        """
        SELECT id, author_id, state = 'ready', media_prefix FROM videos
        WHERE media_id = \(media) AND state IN ('processing', 'ready') ORDER BY id FOR NO KEY UPDATE
        """
    }

    /// Gives a video the time from which everyone sees it, as the last statement of the transaction.
    ///
    /// Strictly growing, also when two videos are published within a millisecond or the machine's clock is set back. All
    /// who publish wait for the clock's row.
    static func clockTick(_ id: VideoID) -> SQL {
        let tick = """
            UPDATE video_clock
            SET published_ms = greatest(published_ms + 1, floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint)
            RETURNING published_ms
            """
        return SQL(
            verbatim: """
                WITH tick AS (\(tick))
                UPDATE videos SET published_ms = tick.published_ms FROM tick WHERE id = \(id.rawValue)
                """
        )
    }

    private static func videoReady(
        _ id: VideoID,
        prefix: String,
        package: MediaPackage,
        isComplete: Bool
    ) -> SQL {
        """
        UPDATE videos
        SET state = 'ready', media_prefix = \(prefix), width = \(package.width), height = \(package.height),
            duration_seconds = \(package.durationSeconds), renditions = \(PostgresJSON(package.renditions)),
            media_files = \(PostgresJSON(package.files)),
            thumb_hash = coalesce(\(package.thumbHash), thumb_hash),
            -- Nobody sees this one: the clock gives the true time before the transaction ends.
            published_ms = coalesce(published_ms, -id),
            playable_at = coalesce(playable_at, clock_timestamp()),
            complete_at = CASE WHEN \(isComplete) THEN clock_timestamp() END,
            failure_code = NULL, failure_reason = NULL, updated_at = clock_timestamp()
        WHERE id = \(id)
        """
    }

    /// Of a condition, those videos that still wait for something.
    static func videosFail(where condition: SQL, code: String, reason: String) -> SQL {
        // PostgreSQL stores no NUL, and what a decoder says of a file may hold one.
        let reason = reason.replacing("\0", with: "")
        return """
            UPDATE videos
            SET state = CASE state WHEN 'ready' THEN 'ready' ELSE 'failed' END, failure_code = \(code),
                failure_reason = CASE state WHEN 'ready' THEN \(playableReason) ELSE \(reason)::text END,
                updated_at = clock_timestamp()
            WHERE \(condition) AND (state IN ('uploading', 'processing') OR state = 'ready' AND complete_at IS NULL)
            RETURNING id
            """
    }

    private static let playableReason = "The video can be played, but not every quality of it could be made."
}
