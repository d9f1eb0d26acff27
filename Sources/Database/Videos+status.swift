public import Domain
import Jobs
import Postgres

/// What the page of one video shows.
extension Videos {
    /// What is known of a video; `nil` when there is none, it was removed, or the viewer may not know of it.
    public func status(of id: VideoID, viewer: UserID?) async throws -> VideoStatus? {
        try await pool.query(Self.videoStatus(id, viewer)).first.map(VideoStatus.init)
    }

    /// How far the encoding of a video is; `nil` when nothing is being encoded.
    public func progress(of id: VideoID) async throws -> VideoProgress? {
        typealias Columns = (Double?, Double?)
        guard let row = try await pool.first(Self.videoProgress(id), as: Columns.self), let fraction = row.0 else {
            return nil
        }
        return VideoProgress(fraction: min(1, max(0, fraction)), elapsed: row.1 ?? 0)
    }

    private static func videoStatus(_ id: VideoID, _ viewer: UserID?) -> SQL {
        """
        SELECT id, author_id, title, state, visibility, failure_code, failure_reason, media_prefix, width, height,
               duration_seconds, thumb_hash, renditions, \(milliseconds("created_at")), \(milliseconds("playable_at")),
               \(milliseconds("complete_at")), \(has("preview.webp")), \(has("storyboard.vtt"))
        FROM videos
        WHERE id = \(id) AND state <> 'removed' AND (is_public OR coalesce(author_id = \(viewer as UserID?), false))
        """
    }

    /// Whether a file is among the media; complete ones that were published before files were noted had all of them.
    private static func has(_ file: String) -> SQL {
        "coalesce(media_files @> jsonb_build_array(jsonb_build_object('path', \(file)::text)), complete_at IS NOT NULL)"
    }

    private static func milliseconds(_ column: SQL) -> SQL { "floor(extract(epoch FROM \(column)) * 1000)::bigint" }

    /// The mean over what is encoded: one job, or the pieces of a long video.
    private static func videoProgress(_ id: VideoID) -> SQL {
        """
        SELECT avg(CASE WHEN job.state = 'completed' THEN 1 ELSE coalesce(lease.progress, 0) END)::float8,
               extract(epoch FROM clock_timestamp() - min(job.attempted_at))::float8
        FROM videos AS video
        JOIN jobs.job ON job.flow_id = video.flow_id
             AND job.kind IN (\(TranscodeVideo.kind), \(EncodeChunk.kind), \(EncodeSound.kind), \(AssembleVideo.kind))
        LEFT JOIN jobs.lease ON lease.job_id = job.id
        WHERE video.id = \(id) AND video.complete_at IS NULL AND video.state IN ('processing', 'ready')
        """
    }
}

extension VideoStatus {
    fileprivate init(_ row: Row) throws {
        var row = RowReader(row)
        id = try row.next()
        authorID = try row.next()
        title = try row.next()
        state = try row.next()
        visibility = try row.next()
        let (code, reason): (String?, String?) = (try row.next(), try row.next())
        failure = code.flatMap { code in reason.map { Failure(code: code, reason: $0) } }
        mediaPrefix = try row.next()
        width = try row.next()
        height = try row.next()
        durationSeconds = try row.next()
        thumbHash = try row.next()
        let stored: PostgresJSON<[Rendition]>? = try row.next()
        renditions = stored?.value ?? []
        createdMilliseconds = try row.next()
        playableMilliseconds = try row.next()
        completeMilliseconds = try row.next()
        hasPreview = try row.next()
        hasStoryboard = try row.next()
    }
}
