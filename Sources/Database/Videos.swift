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

    /// Where the bytes of a video are; `nil` when there is no such video.
    public func source(of id: VideoID, in session: (any DatabaseSession)? = nil) async throws -> VideoSource? {
        typealias Columns = (UserID, String, VideoState, String?, Double?, String?, String?, Bool)
        return try await (session ?? pool).first(Self.videoSource(id), as: Columns.self).map { row in
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
    public func recordProbe(_ id: VideoID, info: MediaInfo, in transaction: any DatabaseSession) async throws {
        try await transaction.execute(Self.videoProbed(id, info))
    }

    /// Makes a video playable for everyone, or gives one that already is better media.
    ///
    /// `isComplete` says whether this is everything, or only what could be played first.
    /// Returns whether it is playable now; a video that was removed meanwhile is not.
    @discardableResult
    public func publish(
        _ id: VideoID,
        prefix: String,
        package: MediaPackage,
        isComplete: Bool = true,
        in transaction: any DatabaseSession
    ) async throws -> Bool {
        guard let old = try await transaction.first(Self.videoLock(id), as: (UserID, Bool, String?).self) else {
            return false
        }
        if let replaced = old.2, replaced != prefix {
            try await retire(replaced, of: old.0, after: keepsReplaced, in: transaction)
        }
        try await transaction.execute(Self.videoReady(id, prefix: prefix, package: package, isComplete: isComplete))
        if !old.1 { try await transaction.executeLast(Self.clockTick(id)) }
        try await ChangeChannel.videos.notify([id.rawValue], in: transaction)
        return true
    }

    /// Has a folder of the object store removed some time from now.
    public func retire(
        _ prefix: String,
        of author: UserID,
        after delay: Duration,
        in transaction: any DatabaseSession
    ) async throws {
        let job = try NewJob(RetireMedia(prefix: prefix), delay: delay)
        let flow = NewFlow(kind: RetireMedia.kind, ownerID: author.rawValue, jobs: [job])
        try await JobQueue(pool: pool).enqueue(flow, in: transaction)
    }

    /// Records that a video will not be, with a sentence that its creator understands.
    public func fail(_ id: VideoID, code: String, reason: String, in transaction: any DatabaseSession) async throws {
        try await transaction.execute(Self.videoFailed(id, code: code, reason: reason))
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

    private static func videoSource(_ id: VideoID) -> SQL {
        """
        SELECT author_id, source_key, state, pipeline, cover_seconds, cover_key, media_prefix, complete_at IS NOT NULL
        FROM videos WHERE id = \(id)
        """
    }

    private static func videoProbed(_ id: VideoID, _ info: MediaInfo) -> SQL {
        """
        UPDATE videos SET media_info = \(PostgresJSON(info)), updated_at = clock_timestamp()
        WHERE id = \(id) AND state = 'processing'
        """
    }

    private static func videoLock(_ id: VideoID) -> SQL {
        """
        SELECT author_id, state = 'ready', media_prefix FROM videos
        WHERE id = \(id) AND state IN ('processing', 'ready') FOR NO KEY UPDATE
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
            complete_at = CASE WHEN \(isComplete) THEN clock_timestamp() END, updated_at = clock_timestamp()
        WHERE id = \(id)
        """
    }

    private static func videoFailed(_ id: VideoID, code: String, reason: String) -> SQL {
        """
        UPDATE videos
        SET state = 'failed', failure_code = \(code), failure_reason = \(reason), updated_at = clock_timestamp()
        WHERE id = \(id) AND state IN ('uploading', 'processing')
        """
    }
}
