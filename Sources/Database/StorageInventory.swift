public import Domain
public import Postgres

/// What the object store must hold, by what the database says.
public struct StorageInventory: Sendable {
    /// An object that must be there.
    public struct Item: Sendable, Equatable {
        public var key: String
        /// `nil` where nobody noted it.
        public var sizeBytes: Int64?
        /// SHA-256 of the bytes, where it is known.
        public var sha256: [UInt8]?

        public init(key: String, sizeBytes: Int64? = nil, sha256: [UInt8]? = nil) {
            self.key = key
            self.sizeBytes = sizeBytes
            self.sha256 = sha256
        }
    }

    private let pool: PostgresPool

    public init(_ pool: PostgresPool) { self.pool = pool }

    /// What belongs to videos after a number, in the order of the numbers: the last number, or `nil` when there are none.
    public func items(ofVideosAfter id: VideoID, limit: Int) async throws -> (items: [Item], last: VideoID?) {
        let rows = try await pool.query(Self.videoItems(after: id, limit: limit))
        var items: [Item] = []
        var last: VideoID?
        for row in rows { last = try Self.collect(row, into: &items) }
        return (items, last)
    }

    /// The pictures that users have chosen.
    public func pictures() async throws -> [Item] {
        let pictures: SQL = """
            SELECT avatar_key FROM users WHERE avatar_key IS NOT NULL
            UNION ALL SELECT background_key FROM users WHERE background_key IS NOT NULL
            """
        return try await pool.query(pictures, as: String.self).map { Item(key: $0) }
    }

    /// The folders, each with its slash, in which anything may stand: what is being written, what waits for being joined,
    /// what will be deleted by a job, and media of which the files were not noted.
    public func openFolders() async throws -> [String] {
        try await pool.query(Self.openFolders, as: String.self)
    }

    private static func videoItems(after id: VideoID, limit: Int) -> SQL {
        """
        SELECT id, CASE WHEN source_retired_at IS NULL THEN source_key END, source_bytes, source_sha256,
               CASE WHEN source_retired_at IS NULL THEN cover_key END,
               CASE WHEN state = 'ready' THEN media_prefix END,
               coalesce(media_files, '[{"path": "play.mp4"}, {"path": "cover.jpg"}, {"path": "hls/master.m3u8"}]')
        FROM videos WHERE id > \(id) AND state <> 'removed' ORDER BY id \(.limit(limit))
        """
    }

    /// A file of a package; its size is not known of older ones.
    private struct File: Codable {
        var path: String
        var sizeBytes: Int64?
    }

    private static func collect(_ row: Row, into items: inout [Item]) throws -> VideoID {
        var row = RowReader(row)
        let id: VideoID = try row.next()
        let (source, size): (String?, Int64) = (try row.next(), try row.next())
        let digest: [UInt8] = try row.next()
        if let source { items.append(Item(key: source, sizeBytes: size, sha256: digest)) }
        if let cover: String = try row.next() { items.append(Item(key: cover)) }
        let prefix: String? = try row.next()
        let files: PostgresJSON<[File]> = try row.next()
        if let prefix {
            items += files.value.map { Item(key: "\(prefix)/\($0.path)", sizeBytes: $0.sizeBytes) }
        }
        return id
    }

    private static let openFolders: SQL = """
        SELECT area || '/' || (job.arguments->>'videoID') || '/' || lease.lease || '/'
        FROM jobs.lease JOIN jobs.job ON job.id = lease.job_id CROSS JOIN (VALUES ('videos'), ('chunks')) AS areas (area)
        WHERE job.arguments ? 'videoID'
        UNION ALL
        SELECT prefix || '/' FROM video_parts
        UNION ALL
        SELECT (arguments->>'prefix') || '/' FROM jobs.job WHERE kind = \(RetireMedia.kind) AND finished_at IS NULL
        UNION ALL
        SELECT area || '/' || media.id || '/' FROM jobs.job
        JOIN videos ON videos.id = (arguments->>'videoID')::bigint
        JOIN media ON media.id = videos.media_id AND media.retired_at IS NOT NULL
        CROSS JOIN (VALUES ('videos'), ('chunks'), ('sources')) AS areas (area)
        WHERE kind = \(EraseVideo.kind) AND finished_at IS NULL
        UNION ALL
        SELECT 'sources/' || (arguments->>'videoID') || '/' FROM jobs.job
        WHERE kind = \(RetireSource.kind) AND finished_at IS NULL
        UNION ALL
        SELECT 'uploads/' || id || '/' FROM uploads
        UNION ALL
        SELECT 'sources/' || video_id || '/' FROM uploads WHERE video_id IS NOT NULL AND state IN ('open', 'received')
        UNION ALL
        SELECT media_prefix || '/' FROM videos WHERE state = 'ready' AND media_files IS NULL
        """
}
