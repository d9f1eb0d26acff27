import Postgres

/// The videos and users that show another count than their rows have, each with both counts.
func brokenCounts(_ session: any PostgresSession) async throws -> [String] {
    try await session.query(
        """
        SELECT format('video %s shows %s and has %s', shown.id, shown.counts, truth.counts)
        FROM (SELECT id, ARRAY[favorite_count, comment_count] AS counts FROM counted_videos) AS shown
        JOIN (
            SELECT id, ARRAY[
                (SELECT count(*) FROM favorites WHERE video_id = v.id),
                (SELECT count(*) FROM comments WHERE video_id = v.id AND NOT is_held)
            ] AS counts FROM videos AS v
        ) AS truth USING (id) WHERE shown.counts <> truth.counts
        UNION ALL
        SELECT format('user %s shows %s and has %s', shown.id, shown.counts, truth.counts)
        FROM (
            SELECT id, ARRAY[favorite_count, favorited_count, follow_count, follower_count, ready_count, upload_count]
                AS counts FROM counted_users
        ) AS shown
        JOIN (
            SELECT id, ARRAY[
                (SELECT count(*) FROM favorites WHERE user_id = u.id),
                (SELECT count(*) FROM favorites AS f JOIN videos AS v ON v.id = f.video_id WHERE v.author_id = u.id),
                (SELECT count(*) FROM follows WHERE follower_id = u.id),
                (SELECT count(*) FROM follows WHERE followed_id = u.id),
                (SELECT count(*) FROM videos WHERE author_id = u.id AND is_public),
                (SELECT count(*) FROM videos WHERE author_id = u.id AND state <> 'removed')
            ] AS counts FROM users AS u
        ) AS truth USING (id) WHERE shown.counts <> truth.counts
        """,
        as: String.self
    )
}
