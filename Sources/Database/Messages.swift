public import Domain
public import Postgres

/// What two users write to each other.
///
/// Times of a conversation are milliseconds since 1970 and strictly growing,
/// also in the order in which messages can be seen: whoever asks for what is
/// newer than the newest message they know misses none and gets none twice.
public struct Messages: Sendable {
    private let pool: DatabasePool

    public init(_ pool: DatabasePool) { self.pool = pool }

    /// Sends a message; `false` when there is no such user.
    ///
    /// If it `isHeld`, it waits for a review and is sent when it is approved.
    public func send(_ content: String, from sender: UserID, to receiver: UserID, isHeld: Bool) async throws -> Bool {
        let insert = isHeld ? Self.messageHold : Self.messageInsert
        return try await pool.execute(insert(content, sender, receiver)) > 0
    }

    /// The first messages of a conversation after a time, oldest first.
    public func list(between user: UserID, and other: UserID, after: Int64, limit: Int) async throws -> [ChatMessage] {
        try await pool.query(Self.messageList(user, other, after: after, limit: limit)).map(ChatMessage.init)
    }
}

extension Messages {
    private static func messageInsert(_ content: String, _ sender: UserID, _ receiver: UserID) -> SQL {
        """
        WITH conversation AS (
            \(nextTime(from: "SELECT \(sender)::bigint AS from_id, id AS to_id FROM users WHERE id = \(receiver)"))
        )
        INSERT INTO messages (from_id, to_id, content, sent_ms)
        SELECT \(sender), \(receiver), \(content), last_ms FROM conversation
        """
    }

    private static func messageHold(_ content: String, _ sender: UserID, _ receiver: UserID) -> SQL {
        """
        INSERT INTO messages (from_id, to_id, content)
        SELECT \(sender), id, \(content) FROM users WHERE id = \(receiver)
        """
    }

    /// Draws the next time of a conversation, and keeps the others from drawing one until the transaction ends.
    ///
    /// `pair` is a query for `from_id` and `to_id`; no row of it, no time.
    static func nextTime(from pair: SQL) -> SQL {
        """
        INSERT INTO conversations (low_id, high_id, last_ms)
        SELECT least(from_id, to_id), greatest(from_id, to_id),
               floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint
        FROM (\(pair)) AS pair
        ON CONFLICT (low_id, high_id)
        DO UPDATE SET last_ms = greatest(conversations.last_ms + 1, excluded.last_ms)
        RETURNING last_ms
        """
    }

    private static func messageList(_ user: UserID, _ other: UserID, after: Int64, limit: Int) -> SQL {
        """
        SELECT id, from_id, to_id, content, sent_ms FROM messages
        WHERE least(from_id, to_id) = \(min(user.rawValue, other.rawValue))
          AND greatest(from_id, to_id) \(.only(max(user.rawValue, other.rawValue)))
          AND sent_ms > \(after)
        ORDER BY greatest(from_id, to_id), sent_ms
        \(.limit(limit))
        """
    }
}

extension ChatMessage {
    fileprivate init(_ row: Row) throws {
        var row = RowReader(row)
        id = try row.next()
        senderID = try row.next()
        receiverID = try row.next()
        content = try row.next()
        sentMilliseconds = try row.next()
    }
}
