-- Durable jobs. Every time in here is the database's own: clock_timestamp(), since
-- now() stands still at the start of a transaction.
--
-- Lock order, everywhere: flow, then lease, then jobs by id. A claim takes
-- queue, owner, job, and none of them but the first two may be waited for.
--
-- Variables are prefixed (p_ for parameters, v_ for the rest): PL/pgSQL would let
-- one shadow a column or an alias without a word.

CREATE SCHEMA jobs;

-- The fencing token: it only grows, so a later claim always has the greater one.
CREATE SEQUENCE jobs.lease_number;

CREATE TYPE jobs.job_state AS ENUM (
    'blocked',    -- waits for other jobs of its flow
    'available',  -- ready to be claimed
    'scheduled',  -- waits for scheduled_at
    'running',    -- claimed: there is a row in jobs.lease
    'retryable',  -- failed, and waits for scheduled_at
    'completed',
    'cancelled',
    'discarded'   -- failed for the last time
);

CREATE TYPE jobs.flow_state AS ENUM ('running', 'completed', 'cancelled', 'discarded');

-- Whose jobs they are: creators share the workers evenly.
CREATE TABLE jobs.owner (
    owner_id bigint PRIMARY KEY,
    max_running integer NOT NULL DEFAULT 4 CONSTRAINT cap_is_positive CHECK (max_running > 0),
    last_claimed_at timestamptz NOT NULL DEFAULT '-infinity'
) WITH (fillfactor = 70);

-- Only queues that are paused or capped have a row.
CREATE TABLE jobs.queue (
    name text PRIMARY KEY,
    paused_at timestamptz,
    max_running integer CONSTRAINT cap_is_positive CHECK (max_running > 0)
);

-- A few jobs that belong together, and depend on each other.
CREATE TABLE jobs.flow (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    owner_id bigint NOT NULL REFERENCES jobs.owner,
    kind text NOT NULL,
    dedup_key text,
    state jobs.flow_state NOT NULL DEFAULT 'running',
    -- How many of its jobs are not finished yet.
    open_jobs integer NOT NULL CONSTRAINT open_jobs_are_counted CHECK (open_jobs >= 0),
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    finished_at timestamptz,
    CONSTRAINT finished_flows_have_a_time CHECK ((state = 'running') = (finished_at IS NULL))
);

-- There is one running flow of a kind with a given key.
CREATE UNIQUE INDEX flow_dedup ON jobs.flow (kind, dedup_key) WHERE state = 'running';
-- Retention.
CREATE INDEX flow_finished ON jobs.flow (finished_at) WHERE state <> 'running';

CREATE TABLE jobs.job (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    flow_id bigint NOT NULL REFERENCES jobs.flow ON DELETE CASCADE,
    owner_id bigint NOT NULL,
    -- The fencing token of the newest attempt; 0 before the first.
    lease bigint NOT NULL DEFAULT 0,
    -- When it became, or becomes, available: attempted_at - scheduled_at is how long it waited for a worker.
    scheduled_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- When it was claimed last.
    attempted_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    finished_at timestamptz,
    -- How long one attempt may take before it is given up, however alive its worker is.
    deadline interval NOT NULL,
    state jobs.job_state NOT NULL,
    -- How many of the jobs that it comes after are not completed.
    blockers integer NOT NULL,
    priority smallint NOT NULL CONSTRAINT priority_is_0_to_3 CHECK (priority BETWEEN 0 AND 3),
    -- Counted from 1 at each claim; a snooze or a release takes the count back.
    attempt smallint NOT NULL DEFAULT 0,
    max_attempts smallint NOT NULL CONSTRAINT attempts_are_positive CHECK (max_attempts > 0),
    queue text NOT NULL,
    kind text NOT NULL,
    -- Its name within the flow.
    node text NOT NULL,
    arguments jsonb NOT NULL,
    -- [{"at": time, "attempt": 1, "worker": "…", "code": "…", "message": "…"}], the newest last.
    errors jsonb NOT NULL DEFAULT '[]',
    attempted_by text,
    CONSTRAINT nodes_are_unique UNIQUE (flow_id, node),
    CONSTRAINT finished_jobs_have_a_time
        CHECK ((state IN ('completed', 'cancelled', 'discarded')) = (finished_at IS NOT NULL)),
    CONSTRAINT only_blocked_jobs_have_blockers CHECK (
        CASE state WHEN 'blocked' THEN blockers > 0 WHEN 'cancelled' THEN blockers >= 0 ELSE blockers = 0 END
    )
) WITH (
    fillfactor = 85,
    autovacuum_vacuum_scale_factor = 0,
    autovacuum_vacuum_threshold = 1000,
    autovacuum_analyze_scale_factor = 0.05
);

-- The claim: owners with work in a queue, and the first job of one.
CREATE INDEX job_available ON jobs.job (queue, owner_id, priority, scheduled_at, id) WHERE state = 'available';
-- The caps of owners and queues.
CREATE INDEX job_running ON jobs.job (owner_id, queue) WHERE state = 'running';
-- Promotion of what is due.
CREATE INDEX job_due ON jobs.job (scheduled_at) WHERE state IN ('scheduled', 'retryable');

CREATE TABLE jobs.job_dependency (
    parent_id bigint NOT NULL REFERENCES jobs.job ON DELETE CASCADE,
    child_id bigint NOT NULL REFERENCES jobs.job ON DELETE CASCADE,
    PRIMARY KEY (parent_id, child_id)
);

-- Removing a flow looks for a job as a child, too.
CREATE INDEX job_dependency_child ON jobs.job_dependency (child_id);

-- One row per running job. A heartbeat changes no indexed column, so that its
-- update stays within the page (HOT), and never touches the wide row of the job.
CREATE TABLE jobs.lease (
    job_id bigint PRIMARY KEY REFERENCES jobs.job ON DELETE CASCADE,
    lease bigint NOT NULL,
    worker text NOT NULL,
    expires_at timestamptz NOT NULL,
    deadline_at timestamptz NOT NULL,
    -- From 0 to 1.
    progress real NOT NULL DEFAULT 0,
    cancel_requested boolean NOT NULL DEFAULT false
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 200);

-- Wakes the workers of the queues that have got something to do; a notification is
-- sent once per transaction however often it is asked for.
CREATE FUNCTION jobs._wake(p_queues text[]) RETURNS void LANGUAGE sql AS $$
    SELECT pg_notify('jobs_available', queue) FROM (SELECT DISTINCT unnest(p_queues) AS queue) AS woken
$$;

-- Inserts jobs into a flow whose row the caller has locked or just inserted.
-- p_jobs: [{"node", "kind", "queue", "arguments", "after": [node], "priority",
--           "max_attempts", "deadline_ms", "delay_ms"}]
-- A job may come after those before it in the list and those already in the flow, so
-- that there is no circle.
CREATE FUNCTION jobs._insert_jobs(p_flow jobs.flow, p_jobs jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_job jsonb;
    v_id bigint;
    v_parents bigint[];
    v_blockers integer;
    v_delay interval;
    v_woken text[] := '{}';
BEGIN
    FOR v_job IN SELECT * FROM jsonb_array_elements(p_jobs) LOOP
        SELECT coalesce(array_agg(j.id), '{}'), count(*) FILTER (WHERE j.state <> 'completed') INTO v_parents, v_blockers
            FROM jobs.job AS j WHERE j.flow_id = p_flow.id AND v_job->'after' ? j.node;
        IF cardinality(v_parents) <> jsonb_array_length(v_job->'after') THEN
            RAISE EXCEPTION 'job % of a flow comes after a job that is not before it', v_job->>'node';
        END IF;
        v_delay := (v_job->>'delay_ms')::bigint * interval '1 millisecond';
        INSERT INTO jobs.job (
            flow_id, owner_id, queue, kind, node, arguments, priority, max_attempts, deadline, scheduled_at, blockers, state
        ) VALUES (
            p_flow.id, p_flow.owner_id, v_job->>'queue', v_job->>'kind', v_job->>'node', v_job->'arguments',
            (v_job->>'priority')::smallint, (v_job->>'max_attempts')::smallint,
            (v_job->>'deadline_ms')::bigint * interval '1 millisecond', clock_timestamp() + v_delay, v_blockers,
            CASE WHEN v_blockers > 0 THEN 'blocked' WHEN v_delay > interval '0' THEN 'scheduled' ELSE 'available' END::jobs.job_state
        ) RETURNING id INTO v_id;
        INSERT INTO jobs.job_dependency (parent_id, child_id) SELECT unnest(v_parents), v_id;
        IF v_blockers = 0 THEN v_woken := v_woken || (v_job->>'queue'); END IF;
    END LOOP;
    PERFORM jobs._wake(v_woken);
END $$;

-- Starts a flow in the caller's transaction, or returns the running one with the same key.
CREATE FUNCTION jobs.enqueue(p_kind text, p_owner bigint, p_dedup_key text, p_jobs jsonb) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_flow jobs.flow;
    v_existing bigint;
BEGIN
    IF jsonb_array_length(p_jobs) = 0 THEN RAISE EXCEPTION 'a flow without jobs would never finish'; END IF;
    INSERT INTO jobs.owner (owner_id) VALUES (p_owner) ON CONFLICT DO NOTHING;
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

-- Chooses the owner that is served next and locks its row.
--
-- The order is that of the owners' first jobs: priority, which a job gains a step of
-- for every ten minutes that it waits, so that nothing waits for ever; then the owner
-- with the least running jobs; then the one that was served longest ago. Within an
-- owner priority is strict: it is the owner's own.
CREATE FUNCTION jobs._lock_next_owner(p_queue text, p_kinds text[], p_tried bigint[], p_wait boolean) RETURNS jobs.owner
LANGUAGE plpgsql AS $$
DECLARE
    v_owner jobs.owner;
    v_candidate bigint;
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
            SELECT count(*) AS count FROM jobs.job AS j WHERE j.state = 'running' AND j.owner_id = w.owner_id
        ) AS running
        WHERE w.owner_id <> ALL (p_tried) AND running.count < o.max_running
        ORDER BY first_job.priority, running.count, o.last_claimed_at LIMIT 32
    LOOP
        IF p_wait THEN
            SELECT * INTO v_owner FROM jobs.owner WHERE owner_id = v_candidate FOR UPDATE;
            RETURN v_owner;
        END IF;
        SELECT * INTO v_owner FROM jobs.owner WHERE owner_id = v_candidate FOR UPDATE SKIP LOCKED;
        IF FOUND THEN RETURN v_owner; END IF;
    END LOOP;
    RETURN NULL;
END $$;

-- How many jobs may start in a queue, of p_count wanted. The row of a capped queue stays
-- locked until the claim is committed, which makes the cap exact.
CREATE FUNCTION jobs._room(p_queue text, p_count integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    v_queue jobs.queue;
BEGIN
    SELECT * INTO v_queue FROM jobs.queue WHERE name = p_queue;
    IF v_queue.paused_at IS NOT NULL THEN RETURN 0; END IF;
    IF v_queue.max_running IS NULL THEN RETURN p_count; END IF;
    PERFORM 1 FROM jobs.queue WHERE name = p_queue FOR UPDATE;
    RETURN least(p_count, v_queue.max_running - (SELECT count(*) FROM jobs.job WHERE state = 'running' AND queue = p_queue));
END $$;

-- Claims up to p_count jobs for a worker that can run p_kinds.
CREATE FUNCTION jobs.claim(p_worker text, p_queue text, p_kinds text[], p_count integer, p_lease interval)
RETURNS SETOF jobs.job LANGUAGE plpgsql AS $$
DECLARE
    v_owner jobs.owner;
    v_job jobs.job;
    v_room integer := jobs._room(p_queue, p_count);
    v_tried bigint[] := '{}';
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
        IF (SELECT count(*) FROM jobs.job WHERE state = 'running' AND owner_id = v_owner.owner_id) >= v_owner.max_running THEN
            v_tried := v_tried || v_owner.owner_id;
            CONTINUE;
        END IF;
        SELECT * INTO v_job FROM jobs.job
            WHERE state = 'available' AND queue = p_queue AND owner_id = v_owner.owner_id AND kind = ANY (p_kinds)
            ORDER BY priority, scheduled_at, id LIMIT 1 FOR UPDATE SKIP LOCKED;
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

-- Renews all leases of a worker in one round trip. For each job: 'renewed', 'cancel', or
-- 'lost'; 'busy' if its row is locked at this moment, which is neither.
--
-- It waits for nobody: one job that is being finished must not hold up the leases of the others.
CREATE FUNCTION jobs.heartbeat(p_jobs bigint[], p_leases bigint[], p_progress real[], p_lease interval)
RETURNS TABLE (job_id bigint, answer text) LANGUAGE sql AS $$
    WITH wanted AS (
        SELECT * FROM unnest(p_jobs, p_leases, p_progress) AS w (job_id, lease, progress)
    ), held AS (
        SELECT l.job_id, w.progress FROM jobs.lease AS l JOIN wanted AS w ON w.job_id = l.job_id AND w.lease = l.lease
        WHERE l.deadline_at > clock_timestamp() FOR UPDATE OF l SKIP LOCKED
    ), renewed AS (
        UPDATE jobs.lease AS l SET expires_at = clock_timestamp() + p_lease, progress = h.progress
        FROM held AS h WHERE l.job_id = h.job_id RETURNING l.job_id, l.cancel_requested
    )
    SELECT w.job_id, CASE
        WHEN r.job_id IS NOT NULL THEN CASE WHEN r.cancel_requested THEN 'cancel' ELSE 'renewed' END
        WHEN l.job_id IS NOT NULL THEN 'busy'
        ELSE 'lost'
    END
    FROM wanted AS w
    LEFT JOIN renewed AS r ON r.job_id = w.job_id
    LEFT JOIN jobs.lease AS l ON l.job_id = w.job_id AND l.lease = w.lease AND l.deadline_at > clock_timestamp()
$$;

-- Every end of an attempt begins here. It locks the flow, gives up the lease and returns
-- the job; NULL means that the lease was lost, and then nothing may be done for it.
CREATE FUNCTION jobs._end_attempt(p_job bigint, p_lease bigint) RETURNS jobs.job LANGUAGE plpgsql AS $$
DECLARE
    v_job jobs.job;
BEGIN
    PERFORM 1 FROM jobs.flow AS f JOIN jobs.job AS j ON j.flow_id = f.id WHERE j.id = p_job FOR UPDATE OF f;
    -- The fence: a worker that was frozen, or cut off, while another took over has an old token.
    DELETE FROM jobs.lease WHERE job_id = p_job AND lease = p_lease;
    IF NOT FOUND THEN RETURN NULL; END IF;
    SELECT * INTO v_job FROM jobs.job WHERE id = p_job FOR UPDATE;
    RETURN v_job;
END $$;

-- Counts a job as finished, and with the last one its flow.
CREATE FUNCTION jobs._close_job(p_job jobs.job, p_state jobs.job_state) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE jobs.job SET state = p_state, finished_at = clock_timestamp() WHERE id = p_job.id;
    UPDATE jobs.flow
        SET open_jobs = open_jobs - 1,
            state = CASE WHEN state = 'running' AND open_jobs = 1 THEN 'completed' ELSE state END,
            finished_at = CASE WHEN state = 'running' AND open_jobs = 1 THEN clock_timestamp() ELSE finished_at END
        WHERE id = p_job.flow_id;
END $$;

-- Ends a flow before its time: what waits is cancelled, what runs is told. Its row must be locked.
CREATE FUNCTION jobs._end_flow(p_flow bigint, p_state jobs.flow_state) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    WITH waiting AS (
        SELECT id FROM jobs.job
        WHERE flow_id = p_flow AND state IN ('blocked', 'available', 'scheduled', 'retryable') ORDER BY id FOR UPDATE
    )
    UPDATE jobs.job AS j SET state = 'cancelled', finished_at = clock_timestamp() FROM waiting AS w WHERE j.id = w.id;
    UPDATE jobs.lease AS l SET cancel_requested = true
        FROM jobs.job AS j WHERE j.flow_id = p_flow AND j.state = 'running' AND l.job_id = j.id;
    UPDATE jobs.flow
        SET state = p_state, finished_at = clock_timestamp(),
            open_jobs = (SELECT count(*) FROM jobs.job WHERE flow_id = p_flow AND state = 'running')
        WHERE id = p_flow;
    PERFORM pg_notify('jobs_cancel', p_flow::text);
END $$;

-- Completes a job and adds p_jobs to its flow: 'completed'; 'stale' if the lease was lost;
-- 'cancelled' if its flow has ended; 'gone' if there is no such job any more.
--
-- Asked a second time, after a connection broke during COMMIT, it says what became of the
-- first: it waits for that transaction at the flow's row, then 'repeated' means that it happened.
CREATE FUNCTION jobs.complete(p_job bigint, p_lease bigint, p_jobs jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    v_job jobs.job := jobs._end_attempt(p_job, p_lease);
    v_flow jobs.flow;
    v_woken text[];
BEGIN
    IF v_job.id IS NULL THEN
        SELECT * INTO v_job FROM jobs.job WHERE id = p_job;
        RETURN CASE
            WHEN NOT FOUND THEN 'gone'
            WHEN v_job.state = 'completed' AND v_job.lease = p_lease THEN 'repeated'
            ELSE 'stale'
        END;
    END IF;
    SELECT * INTO v_flow FROM jobs.flow WHERE id = v_job.flow_id;
    IF v_flow.state <> 'running' THEN
        PERFORM jobs._close_job(v_job, 'cancelled');
        RETURN 'cancelled';
    END IF;
    -- Counted before this job is closed, so that the flow does not complete in between.
    UPDATE jobs.flow SET open_jobs = open_jobs + jsonb_array_length(p_jobs) WHERE id = v_flow.id;
    PERFORM jobs._close_job(v_job, 'completed');
    PERFORM jobs._insert_jobs(v_flow, p_jobs);
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
    RETURN 'completed';
END $$;

-- Ends a failed attempt: 'retryable', 'discarded', 'cancelled' or 'stale'. p_retry_in is NULL
-- if another attempt cannot help.
CREATE FUNCTION jobs.fail(p_job bigint, p_lease bigint, p_code text, p_message text, p_retry_in interval) RETURNS text
LANGUAGE plpgsql AS $$
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
        PERFORM jobs._end_flow(v_job.flow_id, 'discarded');
        RETURN 'discarded';
    END IF;
    PERFORM jobs._put_back(v_job, p_retry_in, 'retryable', v_job.attempt);
    RETURN 'retryable';
END $$;

-- Lets a job wait, or makes it available at once.
CREATE FUNCTION jobs._put_back(p_job jobs.job, p_delay interval, p_state jobs.job_state, p_attempt smallint) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE jobs.job
        SET state = CASE WHEN p_delay > interval '0' THEN p_state ELSE 'available' END,
            scheduled_at = clock_timestamp() + p_delay, attempt = p_attempt
        WHERE id = p_job.id;
    IF p_delay <= interval '0' THEN PERFORM jobs._wake(ARRAY[p_job.queue]); END IF;
END $$;

-- Gives a job back without counting the attempt, to be run after p_delay: what a worker does
-- that stops, or a handler that waits for something. False if the lease was lost.
CREATE FUNCTION jobs.release(p_job bigint, p_lease bigint, p_delay interval) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    v_job jobs.job := jobs._end_attempt(p_job, p_lease);
BEGIN
    IF v_job.id IS NULL THEN RETURN false; END IF;
    IF (SELECT state FROM jobs.flow WHERE id = v_job.flow_id) <> 'running' THEN
        PERFORM jobs._close_job(v_job, 'cancelled');
    ELSE
        PERFORM jobs._put_back(v_job, p_delay, 'scheduled', (v_job.attempt - 1)::smallint);
    END IF;
    RETURN true;
END $$;

-- Cancels a running flow; false if there is none.
CREATE FUNCTION jobs.cancel(p_flow bigint) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM jobs.flow WHERE id = p_flow AND state = 'running' FOR UPDATE;
    IF NOT FOUND THEN RETURN false; END IF;
    PERFORM jobs._end_flow(p_flow, 'cancelled');
    RETURN true;
END $$;

-- Gives a discarded or cancelled job, and what was cancelled with it, another chance.
CREATE FUNCTION jobs.retry(p_job bigint) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    v_flow jobs.flow;
BEGIN
    SELECT f.* INTO v_flow FROM jobs.flow AS f JOIN jobs.job AS j ON j.flow_id = f.id WHERE j.id = p_job FOR UPDATE OF f;
    PERFORM 1 FROM jobs.job WHERE id = p_job AND state IN ('discarded', 'cancelled');
    -- An attempt that has been told to stop must have stopped first.
    IF NOT FOUND OR v_flow.state = 'running' OR v_flow.open_jobs > 0 THEN RETURN false; END IF;
    UPDATE jobs.job AS j
        SET state = CASE WHEN b.count > 0 THEN 'blocked' ELSE 'available' END::jobs.job_state,
            blockers = b.count, finished_at = NULL, scheduled_at = clock_timestamp(),
            max_attempts = greatest(j.max_attempts, j.attempt + 1)
        FROM (
            SELECT c.id, (
                SELECT count(*) FROM jobs.job_dependency AS d JOIN jobs.job AS p ON p.id = d.parent_id
                WHERE d.child_id = c.id AND p.state <> 'completed'
            ) AS count
            FROM jobs.job AS c WHERE c.flow_id = v_flow.id AND c.state IN ('discarded', 'cancelled')
        ) AS b WHERE j.id = b.id;
    UPDATE jobs.flow
        SET state = 'running', finished_at = NULL,
            open_jobs = (SELECT count(*) FROM jobs.job WHERE flow_id = v_flow.id AND finished_at IS NULL)
        WHERE id = v_flow.id;
    PERFORM jobs._wake(ARRAY(SELECT queue FROM jobs.job WHERE flow_id = v_flow.id AND state = 'available'));
    RETURN true;
END $$;

-- Makes available what is due. Every worker does it; SKIP LOCKED keeps them out of each other's way.
CREATE FUNCTION jobs.promote(p_limit integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    v_queues text[];
BEGIN
    WITH due AS (
        SELECT id FROM jobs.job WHERE state IN ('scheduled', 'retryable') AND scheduled_at <= clock_timestamp()
        ORDER BY scheduled_at LIMIT p_limit FOR UPDATE SKIP LOCKED
    ), promoted AS (
        UPDATE jobs.job AS j SET state = 'available' FROM due AS d WHERE j.id = d.id RETURNING j.queue
    )
    SELECT array_agg(queue) INTO v_queues FROM promoted;
    PERFORM jobs._wake(v_queues);
    RETURN coalesce(cardinality(v_queues), 0);
END $$;

-- Ends the attempt of a worker that is gone or too slow, under the token that it had; NULL if
-- another worker does so, or a heartbeat came in between. It is as jobs.fail otherwise.
CREATE FUNCTION jobs.reap(p_job bigint, p_lease bigint, p_retry_in interval) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    v_lease jobs.lease;
BEGIN
    PERFORM 1 FROM jobs.flow AS f JOIN jobs.job AS j ON j.flow_id = f.id WHERE j.id = p_job FOR UPDATE OF f SKIP LOCKED;
    IF NOT FOUND THEN RETURN NULL; END IF;
    SELECT * INTO v_lease FROM jobs.lease
        WHERE job_id = p_job AND lease = p_lease AND least(expires_at, deadline_at) < clock_timestamp() FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN RETURN NULL; END IF;
    IF v_lease.deadline_at < clock_timestamp() THEN
        RETURN jobs.fail(p_job, p_lease, 'deadline_exceeded', 'the attempt took longer than its deadline', p_retry_in);
    END IF;
    -- Nothing is known against the job itself, so it need not wait.
    RETURN jobs.fail(p_job, p_lease, 'lease_expired', 'the worker ' || v_lease.worker || ' stopped renewing its lease', interval '0');
END $$;

-- Removes flows that finished long ago.
CREATE FUNCTION jobs.prune(p_age interval, p_limit integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    v_count integer;
BEGIN
    DELETE FROM jobs.flow WHERE id IN (
        SELECT id FROM jobs.flow
        WHERE state <> 'running' AND open_jobs = 0 AND finished_at < clock_timestamp() - p_age
        ORDER BY finished_at LIMIT p_limit FOR UPDATE SKIP LOCKED
    );
    GET DIAGNOSTICS v_count = ROW_COUNT;
    RETURN v_count;
END $$;
