public import Domain
public import Foundation
import Postgres

/// An upload of which every byte is here, but of which no video could be made; an operator may have it tried again.
public struct StuckUpload: Sendable, Equatable {
    public let id: String
    public let authorID: UserID
    public let sizeBytes: Int64
    public let title: String
    /// Cause of the last failure.
    public let reason: String
    /// When its bytes are removed.
    public let keptUntil: Date

    init(_ row: Row) throws {
        var row = RowReader(row)
        id = try row.next()
        authorID = try row.next()
        sizeBytes = try row.next()
        title = try row.next()
        reason = try row.next()
        keptUntil = try row.next()
    }
}

extension Uploads {
    /// Those that wait for an operator, the oldest first.
    public func stuck(limit: Int = 100) async throws -> [StuckUpload] {
        try await pool.query(Self.uploadsStuck(limit)).map(StuckUpload.init)
    }

    /// Has maintenance try again; false where the upload does not wait for that.
    public func retry(_ id: String) async throws -> Bool { try await pool.execute(Self.uploadRetry(id)) > 0 }

    private static func uploadsStuck(_ limit: Int) -> SQL {
        """
        SELECT id, author_id, offset_bytes, coalesce(metadata->>'title', ''), coalesce(finish_error, ''), expires_at
        FROM uploads
        WHERE stuck_at IS NOT NULL AND state = 'received'
        ORDER BY stuck_at LIMIT \(limit)
        """
    }

    private static func uploadRetry(_ id: String) -> SQL {
        """
        UPDATE uploads SET stuck_at = NULL, finish_attempts = 0, finish_after = '-infinity'
        WHERE id = \(id) AND state = 'received' AND stuck_at IS NOT NULL
        """
    }
}
