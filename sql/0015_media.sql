-- The media that videos show: what was made of one upload, and the upload itself. The number names their folders in the
-- object store (sources/{id}/, chunks/{id}/, videos/{id}/) and is that of the video whose upload it was. Later videos of
-- the same bytes, creator, pipeline and cover choice refer to the same media.
--
-- Its row is the lock of all videos that refer to it. Lock order: flow, media, videos by id, video_clock.
CREATE TABLE media (
    id         bigint PRIMARY KEY,
    -- When the last video that referred to it was removed: nothing can refer to it after that, so everything in its
    -- folders may be deleted, at any later time.
    retired_at timestamptz
);

INSERT INTO media (id, retired_at)
SELECT id, CASE WHEN state = 'removed' THEN clock_timestamp() END FROM videos;

ALTER TABLE videos ADD COLUMN media_id bigint;
UPDATE videos SET media_id = id;
ALTER TABLE videos
    ALTER COLUMN media_id SET NOT NULL,
    ADD CONSTRAINT videos_refer_to_media FOREIGN KEY (media_id) REFERENCES media,
    -- A video that can be played but will not be completed says why, too.
    DROP CONSTRAINT failed_videos_have_a_reason,
    ADD CONSTRAINT failures_have_a_code_and_a_reason CHECK ((failure_code IS NULL) = (failure_reason IS NULL)),
    ADD CONSTRAINT failed_videos_have_a_reason CHECK (
        CASE state
            WHEN 'failed' THEN failure_code IS NOT NULL
            WHEN 'ready' THEN failure_code IS NULL OR complete_at IS NULL
            ELSE failure_code IS NULL
        END
    );

-- Who shows the same media.
CREATE INDEX videos_by_media ON videos (media_id);
-- Videos that wait for a worker: those whose work has ended without them are looked for here.
CREATE INDEX videos_unfinished ON videos (id)
    WHERE state = 'processing' OR (state = 'ready' AND complete_at IS NULL AND failure_code IS NULL);

-- A video that names no media is the first of its own.
CREATE FUNCTION make_media_of_video() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.media_id IS NULL THEN
        INSERT INTO media (id) VALUES (NEW.id) ON CONFLICT DO NOTHING;
        NEW.media_id := NEW.id;
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER videos_make_their_media BEFORE INSERT ON videos
    FOR EACH ROW EXECUTE FUNCTION make_media_of_video();

-- Chunks belong to media: the video whose upload it was may be gone before they are assembled.
ALTER TABLE video_parts
    DROP CONSTRAINT video_parts_video_id_fkey,
    ADD CONSTRAINT video_parts_belong_to_media FOREIGN KEY (video_id) REFERENCES media ON DELETE CASCADE;

-- Jobs that a flow can do without.

-- Lets the jobs that come after this one wait for one job less.
CREATE FUNCTION jobs._free_children(p_job bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_woken text[];
BEGIN
    WITH child AS (
        SELECT j.id FROM jobs.job_dependency AS d JOIN jobs.job AS j ON j.id = d.child_id
        WHERE d.parent_id = p_job AND j.state = 'blocked' ORDER BY j.id FOR UPDATE OF j
    ), freed AS (
        UPDATE jobs.job AS j
        SET blockers = blockers - 1,
            state = CASE WHEN blockers > 1 THEN 'blocked' WHEN scheduled_at > clock_timestamp() THEN 'scheduled' ELSE 'available' END
                ::jobs.job_state,
            scheduled_at = greatest(scheduled_at, clock_timestamp())
        FROM child AS c WHERE j.id = c.id RETURNING j.queue, j.state
    )
    SELECT array_agg(queue) INTO v_woken FROM freed WHERE state = 'available';
    PERFORM jobs._wake(v_woken);
END $$;

-- Ends a failed attempt: 'retryable', 'discarded', 'cancelled' or 'stale'. p_retry_in is NULL if another attempt cannot
-- help. The discard of an optional job does not end its flow: what comes after it goes on as if it were completed.
CREATE FUNCTION jobs.fail(
    p_job bigint, p_lease bigint, p_code text, p_message text, p_retry_in interval, p_is_optional boolean
) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    v_job jobs.job := jobs._end_attempt(p_job, p_lease);
    v_flow_state jobs.flow_state;
BEGIN
    IF v_job.id IS NULL THEN RETURN 'stale'; END IF;
    SELECT state INTO v_flow_state FROM jobs.flow WHERE id = v_job.flow_id;
    UPDATE jobs.job SET errors = errors || jsonb_build_array(jsonb_build_object(
            'at', clock_timestamp(), 'attempt', attempt, 'worker', attempted_by, 'code', p_code, 'message', p_message))
        WHERE id = p_job;
    IF v_flow_state <> 'running' THEN
        PERFORM jobs._close_job(v_job, 'cancelled');
        RETURN 'cancelled';
    END IF;
    IF p_retry_in IS NULL OR v_job.attempt >= v_job.max_attempts THEN
        PERFORM jobs._close_job(v_job, 'discarded');
        IF p_is_optional THEN
            PERFORM jobs._free_children(p_job);
        ELSE
            PERFORM jobs._end_flow(v_job.flow_id, 'discarded');
        END IF;
        RETURN 'discarded';
    END IF;
    PERFORM jobs._put_back(v_job, p_retry_in, 'retryable', v_job.attempt);
    RETURN 'retryable';
END $$;

-- As programs of before call it.
CREATE OR REPLACE FUNCTION jobs.fail(p_job bigint, p_lease bigint, p_code text, p_message text, p_retry_in interval)
RETURNS text LANGUAGE sql AS $$
    SELECT jobs.fail(p_job, p_lease, p_code, p_message, p_retry_in, false)
$$;

-- Ends the attempt of a worker that is gone or too slow, under the token that it had; NULL if
-- another worker does so, or a heartbeat came in between. It is as jobs.fail otherwise.
CREATE FUNCTION jobs.reap(p_job bigint, p_lease bigint, p_retry_in interval, p_is_optional boolean) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    v_lease jobs.lease;
BEGIN
    PERFORM 1 FROM jobs.flow AS f JOIN jobs.job AS j ON j.flow_id = f.id WHERE j.id = p_job FOR UPDATE OF f SKIP LOCKED;
    IF NOT FOUND THEN RETURN NULL; END IF;
    SELECT * INTO v_lease FROM jobs.lease
        WHERE job_id = p_job AND lease = p_lease AND least(expires_at, deadline_at) < clock_timestamp() FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN RETURN NULL; END IF;
    IF v_lease.deadline_at < clock_timestamp() THEN
        RETURN jobs.fail(
            p_job, p_lease, 'deadline_exceeded', 'the attempt took longer than its deadline', p_retry_in, p_is_optional);
    END IF;
    -- Nothing is known against the job itself, so it need not wait.
    RETURN jobs.fail(
        p_job, p_lease, 'lease_expired', 'the worker ' || v_lease.worker || ' stopped renewing its lease', interval '0',
        p_is_optional);
END $$;

-- As programs of before call it.
CREATE OR REPLACE FUNCTION jobs.reap(p_job bigint, p_lease bigint, p_retry_in interval) RETURNS text LANGUAGE sql AS $$
    SELECT jobs.reap(p_job, p_lease, p_retry_in, false)
$$;
