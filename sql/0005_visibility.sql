-- Whether anybody but its author may see a video, apart from whether it is playable.
ALTER TABLE videos
    -- 'held' waits for a review, 'hidden' was taken out of sight by an operator.
    ADD COLUMN visibility text NOT NULL DEFAULT 'public',
    ADD COLUMN is_public boolean NOT NULL GENERATED ALWAYS AS (state = 'ready' AND visibility = 'public') STORED,
    ADD CONSTRAINT videos_visibility_is_known CHECK (visibility IN ('public', 'held', 'hidden'));

-- The feed: newest first, from a time on.
DROP INDEX videos_by_publish_time;
CREATE UNIQUE INDEX videos_by_publish_time ON videos (published_ms DESC) WHERE is_public;
-- Operators cancel and retry the work on a video.
CREATE INDEX videos_by_flow ON videos (flow_id);
-- Operators list what waits for a review.
CREATE INDEX videos_held ON videos (id) WHERE visibility = 'held';

CREATE OR REPLACE FUNCTION count_videos_of_author() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    was_public  integer := 0;
    was_kept    integer := 0;
    is_public   integer := 0;
    is_kept     integer := 0;
BEGIN
    IF TG_OP <> 'INSERT' THEN
        was_public := OLD.is_public::integer;
        was_kept := (OLD.state <> 'removed')::integer;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        is_public := NEW.is_public::integer;
        is_kept := (NEW.state <> 'removed')::integer;
    END IF;
    IF was_public <> is_public OR was_kept <> is_kept THEN
        UPDATE users
        SET ready_count = ready_count + is_public - was_public,
            upload_count = upload_count + is_kept - was_kept
        WHERE id = coalesce(NEW.author_id, OLD.author_id);
    END IF;
    RETURN NULL;
END
$$;

DROP TRIGGER videos_move_their_authors_counts ON videos;
CREATE TRIGGER videos_move_their_authors_counts
    AFTER INSERT OR DELETE OR UPDATE OF state, visibility ON videos
    FOR EACH ROW EXECUTE FUNCTION count_videos_of_author();
