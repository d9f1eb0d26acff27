-- A video can be played before everything of it is made: its first rendition is published early, and
-- replaced by the whole package in one change of media_prefix.
ALTER TABLE videos
    -- The definition in pipelines/ that its creator named; NULL for the deployment's own.
    ADD COLUMN pipeline text,
    -- What the creator wants the cover to be: the picture at a time, or an image of their own.
    ADD COLUMN cover_seconds double precision,
    ADD COLUMN cover_key text,
    -- A placeholder of about 25 bytes for the cover, in base64 (ThumbHash).
    ADD COLUMN thumb_hash text,
    -- When it could first be played, and when all its renditions were there.
    ADD COLUMN playable_at timestamptz,
    ADD COLUMN complete_at timestamptz,
    ADD CONSTRAINT videos_have_one_wish_for_a_cover CHECK (cover_seconds IS NULL OR cover_key IS NULL),
    ADD CONSTRAINT videos_cover_time_is_a_time CHECK (cover_seconds >= 0),
    ADD CONSTRAINT complete_videos_are_playable CHECK (complete_at IS NULL OR playable_at IS NOT NULL);

UPDATE videos SET playable_at = updated_at, complete_at = updated_at WHERE published_ms IS NOT NULL;

-- What the pieces of a long video were encoded to, by the attempts that finished: folders in the object store.
CREATE TABLE video_parts (
    video_id bigint NOT NULL REFERENCES videos ON DELETE CASCADE,
    -- 'sound', or the number of a chunk.
    part     text NOT NULL,
    prefix   text NOT NULL,
    PRIMARY KEY (video_id, part),
    CONSTRAINT video_parts_have_a_name_and_a_place CHECK (part <> '' AND prefix <> '')
);
