public import Domain
public import Foundation
import Postgres

/// An upload as the database knows it.
public struct UploadRecord: Sendable {
    public var id: String
    public var authorID: UserID
    public var kind: UploadKind
    public var state: UploadState
    /// The video that it becomes, or the one of which the same request was sent again; `nil` of a partial one.
    public var videoID: VideoID?
    /// Whether that is an older one.
    public var isDuplicate: Bool
    /// `nil` while the client does not know it.
    public var lengthBytes: Int64?
    /// What is acknowledged.
    public var offsetBytes: Int64
    /// The first bytes, until they were judged.
    public var head: [UInt8]?
    public var metadata: UploadMetadata
    public var coverKey: String?
    public var announcedSHA256: [UInt8]?
    /// What the object store keeps in mind.
    public var placement: String?
    /// The request that may acknowledge.
    public var writer: Int64
    /// How many requests were relieved before they had ended.
    public var takeovers: Int
    public var failure: VideoStatus.Failure?
    public var expiresAt: Date

    /// Whether there is something to go on with.
    public var isUnderWay: Bool { state == .open || state == .received }
    /// Whether it was a video before a byte of it came: its creator had published the same bytes before.
    public var wasKnown: Bool { state == .finished && writer == 0 }
    /// Whether its creator may still give it up: a part may go until it is part of a video.
    public var isCancellable: Bool { isUnderWay || kind == .partial && state == .finished }
}

public enum UploadState: String, Sendable {
    case open
    /// Every byte is here, but the video is not recorded yet.
    case received
    case finished
    /// Its bytes were not what they must be.
    case refused
    case cancelled
    case expired
}

extension UploadRecord {
    static let columns: SQL = """
        id, author_id, kind, state, video_id, is_duplicate, length_bytes, offset_bytes, head, metadata, cover_key,
        announced_sha256, placement, writer, takeovers::bigint, failure_code, failure_reason, expires_at
        """

    init(_ row: Row) throws {
        var row = RowReader(row)
        id = try row.next()
        authorID = try row.next()
        kind = try row.next()
        state = try row.next()
        videoID = try row.next()
        isDuplicate = try row.next()
        lengthBytes = try row.next()
        offsetBytes = try row.next()
        head = try row.next()
        let metadata: PostgresJSON<UploadMetadata> = try row.next()
        self.metadata = metadata.value
        coverKey = try row.next()
        announcedSHA256 = try row.next()
        placement = try row.next()
        writer = try row.next()
        takeovers = try row.next()
        let (code, reason): (String?, String?) = (try row.next(), try row.next())
        failure = code.flatMap { code in reason.map { VideoStatus.Failure(code: code, reason: $0) } }
        expiresAt = try row.next()
    }
}
