-- The caps of owners count per queue, locks leave foreign keys alone, and an outage of the database ends no lease.

ALTER TABLE jobs.queue
    -- False where an owner may run any number: maintenance must never wait behind the same owner's encodes.
    ADD COLUMN caps_owners boolean NOT NULL DEFAULT true;
COMMENT ON TABLE jobs.queue IS 'Queues that are paused, capped, or without caps of owners; others have no row.';
COMMENT ON COLUMN jobs.owner.max_running IS 'How many jobs of one queue may run at a time.';

INSERT INTO jobs.queue (name, caps_owners) VALUES ('upkeep', false) ON CONFLICT (name) DO UPDATE SET caps_owners = false;

CREATE FUNCTION jobs._caps_owners(p_queue text) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT coalesce((SELECT caps_owners FROM jobs.queue WHERE name = p_queue), true)
$$;

-- As before, but the cap and the least running jobs are those of the queue.
CREATE OR REPLACE FUNCTION jobs._lock_next_owner(p_queue text, p_kinds text[], p_tried bigint[], p_wait boolean) RETURNS jobs.owner
LANGUAGE plpgsql AS $$
DECLARE
    v_owner jobs.owner;
    v_candidate bigint;
    v_is_capped boolean := jobs._caps_owners(p_queue);
BEGIN
    FOR v_candidate IN
        -- One step in the index per owner, however many jobs it has (a "skip scan").
        WITH RECURSIVE working (owner_id) AS (
            (SELECT j.owner_id FROM jobs.job AS j WHERE j.state = 'available' AND j.queue = p_queue ORDER BY j.owner_id LIMIT 1)
            UNION ALL
            SELECT (
                SELECT j.owner_id FROM jobs.job AS j
                WHERE j.state = 'available' AND j.queue = p_queue AND j.owner_id > w.owner_id ORDER BY j.owner_id LIMIT 1
            ) FROM working AS w WHERE w.owner_id IS NOT NULL
        )
        SELECT o.owner_id
        FROM working AS w
        JOIN jobs.owner AS o ON o.owner_id = w.owner_id
        CROSS JOIN LATERAL (
            SELECT greatest(0, j.priority - floor(extract(epoch FROM clock_timestamp() - j.scheduled_at) / 600)) AS priority
            FROM jobs.job AS j
            WHERE j.state = 'available' AND j.queue = p_queue AND j.owner_id = w.owner_id AND j.kind = ANY (p_kinds)
            ORDER BY j.priority, j.scheduled_at, j.id LIMIT 1
        ) AS first_job
        CROSS JOIN LATERAL (
            SELECT count(*) AS count FROM jobs.job AS j
            WHERE j.state = 'running' AND j.owner_id = w.owner_id AND j.queue = p_queue
        ) AS running
        WHERE w.owner_id <> ALL (p_tried) AND (running.count < o.max_running OR NOT v_is_capped)
        ORDER BY first_job.priority, running.count, o.last_claimed_at LIMIT 32
    LOOP
        IF p_wait THEN
            SELECT * INTO v_owner FROM jobs.owner WHERE owner_id = v_candidate FOR NO KEY UPDATE;
            RETURN v_owner;
        END IF;
        SELECT * INTO v_owner FROM jobs.owner WHERE owner_id = v_candidate FOR NO KEY UPDATE SKIP LOCKED;
        IF FOUND THEN RETURN v_owner; END IF;
    END LOOP;
    RETURN NULL;
END $$;

-- As before, but the cap is that of the queue. It stays exact, since every claim of an owner's jobs locks the owner's row.
CREATE OR REPLACE FUNCTION jobs.claim(p_worker text, p_queue text, p_kinds text[], p_count integer, p_lease interval)
RETURNS SETOF jobs.job LANGUAGE plpgsql AS $$
DECLARE
    v_owner jobs.owner;
    v_job jobs.job;
    v_room integer := jobs._room(p_queue, p_count);
    v_tried bigint[] := '{}';
    v_is_capped boolean := jobs._caps_owners(p_queue);
BEGIN
    WHILE v_room > 0 LOOP
        v_owner := jobs._lock_next_owner(p_queue, p_kinds, v_tried, false);
        -- Everybody who has work is being served by other workers: wait a moment instead of going
        -- idle, but only while no owner is locked here, for else two claims could wait for each other.
        IF v_owner.owner_id IS NULL AND v_room = p_count AND v_tried = '{}' THEN
            v_owner := jobs._lock_next_owner(p_queue, p_kinds, v_tried, true);
        END IF;
        EXIT WHEN v_owner.owner_id IS NULL;
        -- Counted again by a statement that begins after the lock was granted, which makes the cap exact.
        IF v_is_capped AND v_owner.max_running <=
            (SELECT count(*) FROM jobs.job WHERE state = 'running' AND owner_id = v_owner.owner_id AND queue = p_queue)
        THEN
            v_tried := v_tried || v_owner.owner_id;
            CONTINUE;
        END IF;
        SELECT * INTO v_job FROM jobs.job
            WHERE state = 'available' AND queue = p_queue AND owner_id = v_owner.owner_id AND kind = ANY (p_kinds)
            ORDER BY priority, scheduled_at, id LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED;
        IF NOT FOUND THEN
            v_tried := v_tried || v_owner.owner_id;
            CONTINUE;
        END IF;
        UPDATE jobs.job
            SET state = 'running', attempt = attempt + 1, lease = nextval('jobs.lease_number'),
                attempted_at = clock_timestamp(), attempted_by = p_worker
            WHERE id = v_job.id RETURNING * INTO v_job;
        INSERT INTO jobs.lease (job_id, lease, worker, expires_at, deadline_at)
            VALUES (v_job.id, v_job.lease, p_worker, clock_timestamp() + p_lease, clock_timestamp() + v_job.deadline);
        UPDATE jobs.owner SET last_claimed_at = clock_timestamp() WHERE owner_id = v_owner.owner_id;
        v_room := v_room - 1;
        RETURN NEXT v_job;
    END LOOP;
END $$;

-- Rows that are locked but not deleted are locked FOR NO KEY UPDATE: FOR UPDATE conflicts with the lock that a foreign key
-- takes, so that a claim waited for an open enqueue of the same owner, and an enqueue for an open claim.
DO $$
DECLARE
    v_function regprocedure;
    v_definition text;
    v_count integer := 0;
BEGIN
    FOR v_function IN
        SELECT oid::regprocedure FROM pg_proc
        WHERE pronamespace = 'jobs'::regnamespace
          AND proname IN ('_room', '_end_attempt', '_end_flow', 'complete', 'cancel', 'retry', 'promote', 'heartbeat', 'reap')
    LOOP
        v_definition := pg_get_functiondef(v_function);
        CONTINUE WHEN position('FOR UPDATE' IN v_definition) = 0;
        EXECUTE replace(v_definition, 'FOR UPDATE', 'FOR NO KEY UPDATE');
        v_count := v_count + 1;
    END LOOP;
    IF v_count <> 9 THEN RAISE EXCEPTION 'expected 9 functions that lock rows, found %', v_count; END IF;
END $$;

-- When somebody last looked for expired leases, and until when nobody takes one away.
CREATE TABLE jobs.lease_watch (
    is_only_row boolean PRIMARY KEY DEFAULT true CONSTRAINT lease_watch_has_one_row CHECK (is_only_row),
    seen_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    grace_until timestamptz NOT NULL DEFAULT '-infinity'
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 200);
INSERT INTO jobs.lease_watch DEFAULT VALUES;

-- To be asked before looking for expired leases; false while none may be taken away.
--
-- If nobody has looked for longer than p_gap, the database was away, or all workers were: what expired meanwhile may have a
-- holder that could not renew it, and gets p_grace to do so. It is noticed by the gap and not by the start of the server,
-- as a standby that takes over was started long ago. Who cannot lock the row waits for the next time: the one who holds it
-- may be noticing the gap.
CREATE FUNCTION jobs.may_reap(p_gap interval, p_grace interval) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    v_watch jobs.lease_watch;
BEGIN
    SELECT * INTO v_watch FROM jobs.lease_watch FOR NO KEY UPDATE SKIP LOCKED;
    IF NOT FOUND THEN RETURN false; END IF;
    IF v_watch.seen_at < clock_timestamp() - p_gap THEN v_watch.grace_until := clock_timestamp() + p_grace; END IF;
    UPDATE jobs.lease_watch SET seen_at = clock_timestamp(), grace_until = v_watch.grace_until;
    RETURN v_watch.grace_until < clock_timestamp();
END $$;

-- As before, but ON CONFLICT, which waits for whoever updates the owner's row, is left to owners that are new.
CREATE OR REPLACE FUNCTION jobs.enqueue(p_kind text, p_owner bigint, p_dedup_key text, p_jobs jsonb) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_flow jobs.flow;
    v_existing bigint;
BEGIN
    IF jsonb_array_length(p_jobs) = 0 THEN RAISE EXCEPTION 'a flow without jobs would never finish'; END IF;
    IF NOT EXISTS (SELECT FROM jobs.owner WHERE owner_id = p_owner) THEN
        INSERT INTO jobs.owner (owner_id) VALUES (p_owner) ON CONFLICT DO NOTHING;
    END IF;
    LOOP
        INSERT INTO jobs.flow (owner_id, kind, dedup_key, open_jobs)
            VALUES (p_owner, p_kind, p_dedup_key, jsonb_array_length(p_jobs))
            ON CONFLICT (kind, dedup_key) WHERE state = 'running' DO NOTHING RETURNING * INTO v_flow;
        EXIT WHEN FOUND;
        SELECT id INTO v_existing FROM jobs.flow WHERE kind = p_kind AND dedup_key = p_dedup_key AND state = 'running';
        IF FOUND THEN RETURN v_existing; END IF;
        -- The other one has finished just now.
    END LOOP;
    PERFORM jobs._insert_jobs(v_flow, p_jobs);
    RETURN v_flow.id;
END $$;
