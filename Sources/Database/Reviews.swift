import Domain
public import Postgres

/// Texts that the word filter held back, until an operator decides.
public struct Reviews: Sendable {
    private let pool: DatabasePool

    public init(_ pool: DatabasePool) { self.pool = pool }

    /// What waits, oldest first within each kind.
    public func list(limit: Int) async throws -> [HeldText] {
        let rows = try await pool.query(Self.reviewList(limit), as: (HeldText.Kind, Int64, UserID, String).self)
        return rows.map { HeldText(kind: $0.0, id: $0.1, authorID: $0.2, text: $0.3) }
    }

    /// Lets a text be seen; `false` if nothing of that kind and id waits.
    public func approve(_ kind: HeldText.Kind, _ id: Int64) async throws -> Bool {
        try await pool.withTransaction { transaction in
            switch kind {
            case .video: try await show(VideoID(rawValue: id), in: transaction)
            case .comment: try await transaction.execute(Self.commentApprove(id)) > 0
            case .message: try await transaction.execute(Self.messageApprove(id)) > 0
            case .name, .signature: try await edit(kind, id, as: Self.textApprove(kind), in: transaction)
            }
        }
    }

    /// Drops a text; `false` if nothing of that kind and id waits.
    ///
    /// A video is hidden, a comment and a message are deleted, and of a user the text shown so far stays.
    public func refuse(_ kind: HeldText.Kind, _ id: Int64) async throws -> Bool {
        try await pool.withTransaction { transaction in
            switch kind {
            case .video: try await transaction.execute(Self.videoRefuse(id)) > 0
            case .comment: try await transaction.execute("DELETE FROM comments WHERE id = \(id) AND is_held") > 0
            case .message:
                try await transaction.execute("DELETE FROM messages WHERE id = \(id) AND sent_ms IS NULL") > 0
            case .name, .signature: try await edit(kind, id, as: Self.textRefuse(kind), in: transaction)
            }
        }
    }

    private func show(_ id: VideoID, in transaction: any DatabaseSession) async throws -> Bool {
        guard try await transaction.first(Self.videoLockHeld(id), as: Bool.self) != nil else { return false }
        try await Videos.show(id, in: transaction)
        return true
    }

    private func edit(_ kind: HeldText.Kind, _ id: Int64, as assignments: SQL, in transaction: any DatabaseSession)
        async throws -> Bool
    {
        let column = SQL(verbatim: "held_\(kind.rawValue)")
        let update: SQL = "UPDATE users SET \(assignments) WHERE id = \(id) AND \(column) IS NOT NULL"
        guard try await transaction.execute(update) > 0 else { return false }
        try await ChangeChannel.users.notify([id], in: transaction)
        return true
    }
}

extension Reviews {
    private static func reviewList(_ limit: Int) -> SQL {
        """
        (SELECT 'video', id, author_id, title FROM videos WHERE visibility = 'held' ORDER BY id \(.limit(limit)))
        UNION ALL
        (SELECT 'comment', id, author_id, text FROM comments WHERE is_held ORDER BY id \(.limit(limit)))
        UNION ALL
        (SELECT 'message', id, from_id, content FROM messages WHERE sent_ms IS NULL ORDER BY id \(.limit(limit)))
        UNION ALL
        (SELECT 'name', id, id, held_name FROM users
         WHERE (held_name IS NOT NULL OR held_signature IS NOT NULL) AND held_name IS NOT NULL ORDER BY id \(.limit(limit)))
        UNION ALL
        (SELECT 'signature', id, id, held_signature FROM users
         WHERE (held_name IS NOT NULL OR held_signature IS NOT NULL) AND held_signature IS NOT NULL
         ORDER BY id \(.limit(limit)))
        \(.limit(limit))
        """
    }

    private static func videoLockHeld(_ id: VideoID) -> SQL {
        "SELECT true FROM videos WHERE id = \(id) AND visibility = 'held' AND state <> 'removed' FOR NO KEY UPDATE"
    }

    private static func videoRefuse(_ id: Int64) -> SQL {
        "UPDATE videos SET visibility = 'hidden', updated_at = clock_timestamp() WHERE id = \(id) AND visibility = 'held'"
    }

    private static func commentApprove(_ id: Int64) -> SQL {
        """
        WITH approved AS (
            UPDATE comments SET is_held = false WHERE id = \(id) AND is_held RETURNING video_id
        )
        INSERT INTO video_count_log (video_id, comments) SELECT video_id, 1 FROM approved
        """
    }

    /// Its time is that of the approval: the receiver may have seen later messages than its writing.
    private static func messageApprove(_ id: Int64) -> SQL {
        """
        WITH held AS (
            SELECT id, from_id, to_id FROM messages WHERE id = \(id) AND sent_ms IS NULL FOR NO KEY UPDATE
        ), conversation AS (
            \(Messages.nextTime(from: "SELECT from_id, to_id FROM held"))
        )
        UPDATE messages SET sent_ms = last_ms FROM held, conversation WHERE messages.id = held.id
        """
    }

    private static func textApprove(_ kind: HeldText.Kind) -> SQL {
        SQL(verbatim: "\(kind.rawValue) = held_\(kind.rawValue), held_\(kind.rawValue) = NULL")
    }

    private static func textRefuse(_ kind: HeldText.Kind) -> SQL {
        SQL(verbatim: "held_\(kind.rawValue) = NULL")
    }
}
