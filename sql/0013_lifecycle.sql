-- How long what a video is made of stays, and what the object store must hold for it.
ALTER TABLE videos
    -- The files below media_prefix: [{"path": "hls/720/init.mp4", "sizeBytes": 1024}]. NULL for what was published
    -- before this was noted.
    ADD COLUMN media_files jsonb,
    -- When what the creator uploaded was given up, because the video is complete, or failed, long since.
    ADD COLUMN source_retired_at timestamptz;

-- Sources whose time has come, oldest first.
CREATE INDEX videos_with_sources ON videos (coalesce(complete_at, updated_at))
    WHERE source_retired_at IS NULL AND (state = 'failed' OR (state = 'ready' AND complete_at IS NOT NULL));
