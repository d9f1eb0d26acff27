public import Domain
import Jobs
import Postgres

/// The media that videos show, and the lock that all videos have in common that show the same.
///
/// Media are called by the number of the video whose upload they were made of. A video that is published with the same
/// bytes later refers to them too, and whoever changes them changes all of these videos.
///
/// Locks are taken in this order everywhere: flow, media, videos by number, clock.
extension Videos {
    /// Locks media to the end of the transaction; `false` when nothing may refer to them any more.
    static func lockMedia(_ media: VideoID, in transaction: any DatabaseSession) async throws -> Bool {
        let lock: SQL = "SELECT retired_at IS NULL FROM media WHERE id = \(media) FOR NO KEY UPDATE"
        return try await transaction.first(lock, as: Bool.self) ?? false
    }

    /// Locks the media that a flow makes.
    static func lockMedia(of flow: FlowID, in transaction: any DatabaseSession) async throws {
        let lock: SQL = """
            SELECT id FROM media WHERE id IN (SELECT media_id FROM videos WHERE flow_id = \(flow.rawValue))
            ORDER BY id FOR NO KEY UPDATE
            """
        _ = try await transaction.query(lock, as: VideoID.self)
    }

    /// Ends media that no video shows any more; the transaction has locked them.
    ///
    /// - Returns: whether they have ended.
    static func retireMedia(_ media: VideoID, in transaction: any DatabaseSession) async throws -> Bool {
        let isUsed: SQL = "SELECT EXISTS (SELECT FROM videos WHERE media_id = \(media) AND state <> 'removed')"
        guard try await transaction.first(isUsed, as: Bool.self) == false else { return false }
        try await transaction.execute(
            "UPDATE media SET retired_at = coalesce(retired_at, clock_timestamp()) WHERE id = \(media)"
        )
        return true
    }

    /// What is to be deleted for a removed video; `nil` when it is not removed, or not there.
    ///
    /// Once media have ended nothing can refer to them again, so that their deletion cannot come too late.
    public func erasure(of id: VideoID) async throws -> VideoErasure? {
        try await pool.withTransaction { transaction in
            typealias Columns = (VideoID, String, String?)
            let row = try await transaction.first(Self.videoRemoved(id), as: Columns.self)
            guard let (media, source, cover) = row else { return nil }
            _ = try await Self.lockMedia(media, in: transaction)
            let isLast = try await Self.retireMedia(media, in: transaction)
            return VideoErasure(media: media, isLast: isLast, sources: [source] + [cover].compactMap(\.self))
        }
    }

    /// Whether a video shows a folder of the object store.
    public func isShown(_ prefix: String) async throws -> Bool {
        // All who show it refer to the media by whose number the folder is called.
        let words = prefix.split(separator: "/")
        guard words.count == 3, let media = Int64(words[1]) else { return false }
        return try await pool.first(Self.mediaIsShown(VideoID(rawValue: media), prefix), as: Bool.self) ?? false
    }

    private static func videoRemoved(_ id: VideoID) -> SQL {
        "SELECT media_id, source_key, cover_key FROM videos WHERE id = \(id) AND state = 'removed'"
    }

    private static func mediaIsShown(_ media: VideoID, _ prefix: String) -> SQL {
        """
        SELECT EXISTS (SELECT FROM videos
                       WHERE media_id = \(media) AND media_prefix = \(prefix) AND state <> 'removed')
        """
    }
}

/// What is to be deleted for a removed video.
public struct VideoErasure: Sendable, Equatable {
    /// The media that it showed.
    public var media: VideoID
    /// Whether it was the last that showed them: only then is anything of them deleted.
    public var isLast: Bool
    /// The keys of what its creator uploaded.
    public var sources: [String]
}
