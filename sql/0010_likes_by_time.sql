-- favorite/list reads a hundred likes that lie anywhere among millions: with the video in the index,
-- it need not fetch each of their rows.
CREATE INDEX favorites_by_time_with_video ON favorites (user_id, created_at DESC) INCLUDE (video_id);
DROP INDEX favorites_by_time;
ALTER INDEX favorites_by_time_with_video RENAME TO favorites_by_time;
