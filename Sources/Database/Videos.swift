public import Domain
import Jobs
public import Postgres

/// The life of a video, from the stored upload to the feed.
///
/// Every change of state is one statement that names the states it may happen
/// in, so that a job that comes late changes nothing.
public struct Videos: Sendable {
    let pool: PostgresPool

    public init(pool: PostgresPool) { self.pool = pool }

    /// An id for a video that does not exist yet, so that its source can be stored under it first.
    public func reserveID() async throws -> VideoID {
        guard let id = try await pool.first(Self.videoReserve, as: VideoID.self) else {
            throw PostgresError(.decoding, message: "a sequence had no next value")
        }
        return id
    }

    /// Records an upload and queues its jobs.
    ///
    /// - Throws: ``UploadNotRecorded`` where it is certain that nothing happened, and so the bytes are not needed.
    public func create(_ video: NewVideo) async throws {
        do {
            try await pool.withTransaction { transaction in try await create(video, in: transaction) }
        } catch let error as PostgresError where error.kind == .commitUnknown {
            guard try await source(of: video.id) == nil else { return }
            throw UploadNotRecorded(error)
        } catch {
            throw UploadNotRecorded(error)
        }
    }

    /// The same in the caller's transaction: a video never exists without its jobs, nor they without it.
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
        try await (session ?? pool).first(Self.videoSource(id), as: (UserID, String, VideoState).self)
            .map { VideoSource(authorID: $0.0, key: $0.1, state: $0.2) }
    }

    /// Keeps what the probe found.
    public func recordProbe(_ id: VideoID, info: MediaInfo, in transaction: any DatabaseSession) async throws {
        try await transaction.execute(Self.videoProbed(id, info))
    }

    /// Makes a video playable for everyone, or gives one that already is better media.
    ///
    /// Returns whether it is playable now; a video that was removed meanwhile is not.
    @discardableResult
    public func publish(
        _ id: VideoID,
        prefix: String,
        package: MediaPackage,
        in transaction: any DatabaseSession
    ) async throws -> Bool {
        // The video's row is locked before the clock's, here and wherever both are.
        guard let wasReady = try await transaction.first(Self.videoLock(id), as: Bool.self) else { return false }
        let time = wasReady ? nil : try await transaction.first(Self.clockTick, as: Int64.self)
        try await transaction.execute(
            Self.videoReady(id, prefix: prefix, package: package, publishedMilliseconds: time)
        )
        try await ChangeChannel.videos.notify([id.rawValue], in: transaction)
        return true
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
            (id, author_id, title, visibility, state, flow_id, source_key, source_bytes, source_sha256)
        VALUES (\(video.id), \(video.authorID), \(video.title), \(video.visibility), 'processing',
                \(flowID.rawValue), \(video.sourceKey), \(video.sourceBytes), \(video.sourceSHA256))
        """
    }

    private static func videoSource(_ id: VideoID) -> SQL {
        "SELECT author_id, source_key, state FROM videos WHERE id = \(id)"
    }

    private static func videoProbed(_ id: VideoID, _ info: MediaInfo) -> SQL {
        """
        UPDATE videos SET media_info = \(PostgresJSON(info)), updated_at = clock_timestamp()
        WHERE id = \(id) AND state = 'processing'
        """
    }

    private static func videoLock(_ id: VideoID) -> SQL {
        "SELECT state = 'ready' FROM videos WHERE id = \(id) AND state IN ('processing', 'ready') FOR UPDATE"
    }

    /// Strictly growing, also when two videos are published within a millisecond or the machine's clock is set back.
    static let clockTick: SQL = """
        UPDATE video_clock
        SET published_ms = greatest(published_ms + 1, floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint)
        RETURNING published_ms
        """

    private static func videoReady(
        _ id: VideoID,
        prefix: String,
        package: MediaPackage,
        publishedMilliseconds: Int64?
    ) -> SQL {
        """
        UPDATE videos
        SET state = 'ready', media_prefix = \(prefix), width = \(package.width), height = \(package.height),
            duration_seconds = \(package.durationSeconds), renditions = \(PostgresJSON(package.renditions)),
            published_ms = coalesce(\(publishedMilliseconds as Int64?), published_ms), updated_at = clock_timestamp()
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
