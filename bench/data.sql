-- Fills an empty, migrated database with the videos, users and likes of a busy place, in sets, for benchmarks.
-- Run it with bench/data.sh. Variables: videos, users (more than 20), likes (a multiple of users, at most one per
-- user and video).
--
-- What one user or one video has is about the same at every size: likes / users per user, 20 follows (10 of them
-- mutual, the others of a few popular people), 20 messages, 2 comments per video. Likes and comments prefer a few
-- videos: everyone likes the most popular one.
--
-- Rows are written in the order of their times, as in life, so that what belongs to one user lies scattered.
-- Counts are right, and the logs of counts are empty.
\set ON_ERROR_STOP on
\set QUIET on
SET client_min_messages = warning;
SELECT set_config('bench.videos', :'videos', false), set_config('bench.users', :'users', false),
       set_config('bench.likes', :'likes', false) \g /dev/null
DO $$
DECLARE
    videos bigint := current_setting('bench.videos');
    users bigint := current_setting('bench.users');
    likes bigint := current_setting('bench.likes');
BEGIN
    IF EXISTS (SELECT FROM users) OR EXISTS (SELECT FROM videos) THEN
        RAISE 'The database has users or videos of its own; fill an empty one.';
    ELSIF users <= 20 OR likes % users <> 0 OR likes / users > videos THEN
        RAISE 'Ask for more than 20 users, and for a multiple of the users as likes: no more per user than there are videos.';
    END IF;
END
$$;

-- No triggers and no checks of foreign keys; tables are filled in the order in which their counts are known.
SET session_replication_role = replica;
SET synchronous_commit = off;
SET work_mem = '256MB';
SET maintenance_work_mem = '512MB';
SELECT setseed(0.5) \g /dev/null

-- Indexes are built once at the end: until then they are marked as not taking part.
CREATE TEMP TABLE paused AS
SELECT indexrelid FROM pg_index
WHERE indrelid IN ('users'::regclass, 'videos'::regclass, 'favorites'::regclass, 'comments'::regclass,
                   'follows'::regclass, 'conversations'::regclass, 'messages'::regclass);
UPDATE pg_index SET indisready = false WHERE indexrelid IN (SELECT indexrelid FROM paused);

-- The past year, in milliseconds since 1970.
SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint - 31536000000 AS start_ms \gset
CREATE FUNCTION pg_temp.past(share double precision) RETURNS timestamptz LANGUAGE sql AS
    'SELECT clock_timestamp() - interval ''1 year'' * (1 - share)';
-- Who is popular, from rank 0 on: a permutation of 1 to total, as the factor is prime.
CREATE FUNCTION pg_temp.ranked(rank bigint, total bigint) RETURNS bigint LANGUAGE sql AS
    'SELECT rank * 999983 % total + 1';
-- A rank by chance: the lower, the more likely.
CREATE FUNCTION pg_temp.popular(total bigint) RETURNS bigint LANGUAGE sql VOLATILE AS
    'SELECT pg_temp.ranked(floor(total * power(random(), 3))::bigint, total)';

-- Each user's ranks grow with k, so that none comes twice; the rounds of likes take k in another order.
INSERT INTO favorites (user_id, video_id, created_at)
SELECT u, pg_temp.ranked(k + floor((:videos - per_user) * power((k + random()) / per_user, 3))::bigint, :videos),
       pg_temp.past((round * :users + u)::double precision / (:likes + :users))
FROM (SELECT :likes / :users AS per_user) AS size,
     generate_series(0, per_user - 1) AS round, LATERAL (SELECT (round * 7919 + 13) % per_user AS k) AS one,
     generate_series(1::bigint, :users) AS u;

INSERT INTO comments (id, video_id, author_id, text, created_at)
SELECT n, pg_temp.popular(:videos), 1 + floor(random() * :users)::bigint, 'Comment number ' || n || ', of usual length.',
       pg_temp.past(n / (2.0 * :videos + 1))
FROM generate_series(1::bigint, 2 * :videos) AS n;

-- Five neighbours on each side, who follow back, and ten popular people further away.
INSERT INTO follows (follower_id, followed_id, created_at)
SELECT u, (u - 1 + step + :users) % :users + 1, pg_temp.past(((step + 5) * :users + u) / (20.0 * :users))
FROM generate_series(-5, 5) AS step, generate_series(1::bigint, :users) AS u
WHERE step <> 0
UNION ALL
SELECT u, popular, pg_temp.past(((k + 10) * :users + u) / (20.0 * :users + 1))
FROM generate_series(0, 9) AS k, generate_series(1::bigint, :users) AS u,
     LATERAL (
         SELECT pg_temp.ranked(k + floor((:users - 10) * power((k + random()) / 10, 3))::bigint, :users) AS popular
     ) AS choice
WHERE (popular - u + :users) % :users BETWEEN 6 AND :users - 6;

-- Every user has written with the next one.
INSERT INTO messages (id, from_id, to_id, content, sent_ms)
SELECT n * :users + u, CASE n % 2 WHEN 0 THEN u ELSE other END, CASE n % 2 WHEN 0 THEN other ELSE u END,
       'Message number ' || n || ' of this conversation', :start_ms + (n * :users + u) * (31536000000 / (21 * :users))
FROM generate_series(0, 19) AS n, generate_series(1::bigint, :users) AS u, LATERAL (SELECT u % :users + 1 AS other) AS pair;
INSERT INTO conversations (low_id, high_id, last_ms)
SELECT least(from_id, to_id), greatest(from_id, to_id), max(sent_ms) FROM messages GROUP BY 1, 2;

INSERT INTO media (id) SELECT generate_series(1::bigint, :videos);
INSERT INTO videos (id, media_id, author_id, title, state, source_key, source_bytes, source_sha256, media_prefix, width, height,
                    duration_seconds, renditions, published_ms, created_at, updated_at, playable_at, complete_at,
                    favorite_count, comment_count)
SELECT v, v, v * 7907 % :users + 1, 'Video number ' || v || ' #generated', 'ready', 'sources/' || v || '/source',
       1000000 + v, sha256(v::text::bytea), 'videos/' || v || '/1', 720, 1280, 15,
       '[{"name": "720", "width": 720, "height": 1280, "bandwidth": 3000000, "averageBandwidth": 2000000, "codecs": "avc1.64001f"}]',
       :start_ms + v * (31536000000 / :videos), pg_temp.past(v::double precision / :videos),
       pg_temp.past(v::double precision / :videos), pg_temp.past(v::double precision / :videos),
       pg_temp.past(v::double precision / :videos), coalesce(f.count, 0), coalesce(c.count, 0)
FROM generate_series(1::bigint, :videos) AS v
LEFT JOIN (SELECT video_id, count(*) AS count FROM favorites GROUP BY 1) AS f ON f.video_id = v
LEFT JOIN (SELECT video_id, count(*) AS count FROM comments GROUP BY 1) AS c ON c.video_id = v
ORDER BY v;
UPDATE video_clock SET published_ms = greatest(published_ms, (SELECT max(published_ms) FROM videos));

INSERT INTO users (id, name, name_key, password_hash, signature, created_at, ready_count, upload_count, favorite_count,
                   favorited_count, follow_count, follower_count)
SELECT u, 'user ' || u, 'user ' || u, 'nobody logs in', 'User number ' || u, pg_temp.past(u::double precision / :users),
       coalesce(v.works, 0), coalesce(v.works, 0), coalesce(f.count, 0), coalesce(v.favorites, 0),
       coalesce(following.count, 0), coalesce(followers.count, 0)
FROM generate_series(1::bigint, :users) AS u
LEFT JOIN (
    SELECT author_id, count(*) AS works, sum(favorite_count) AS favorites FROM videos GROUP BY 1
) AS v ON v.author_id = u
LEFT JOIN (SELECT user_id, count(*) AS count FROM favorites GROUP BY 1) AS f ON f.user_id = u
LEFT JOIN (SELECT follower_id, count(*) AS count FROM follows GROUP BY 1) AS following ON following.follower_id = u
LEFT JOIN (SELECT followed_id, count(*) AS count FROM follows GROUP BY 1) AS followers ON followers.followed_id = u
ORDER BY u;

-- Unique indexes and primary keys are checked as they are built; this also marks them as taking part again.
REINDEX TABLE users;
REINDEX TABLE videos;
REINDEX TABLE favorites;
REINDEX TABLE comments;
REINDEX TABLE follows;
REINDEX TABLE conversations;
REINDEX TABLE messages;
SELECT 1 / (count(*) = 0)::integer AS "every index takes part again"
FROM pg_index JOIN paused USING (indexrelid) WHERE NOT (indisready AND indisvalid) \g /dev/null

SELECT setval(pg_get_serial_sequence(name, 'id'), last) FROM (
    VALUES ('users', :users), ('videos', :videos), ('comments', 2 * :videos),
           ('messages', (SELECT max(id) FROM messages))
) AS filled (name, last) \g /dev/null
VACUUM (ANALYZE) users, media, videos, favorites, comments, follows, conversations, messages;
CHECKPOINT;
