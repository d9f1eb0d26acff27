-- The children of a job are locked without holding up whoever inserts rows that refer to them: nothing here deletes a job.

-- Lets the jobs that come after this one wait for one job less.
CREATE OR REPLACE FUNCTION jobs._free_children(p_job bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_woken text[];
BEGIN
    WITH child AS (
        SELECT j.id FROM jobs.job_dependency AS d JOIN jobs.job AS j ON j.id = d.child_id
        WHERE d.parent_id = p_job AND j.state = 'blocked' ORDER BY j.id FOR NO KEY UPDATE OF j
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
