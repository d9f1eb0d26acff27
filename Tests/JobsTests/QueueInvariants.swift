import Postgres
import Testing

/// What must be true of a queue at rest, each as a query for those that break it.
private let invariants: [(fact: String, offenders: SQL)] = [
    (
        "a completed job has exactly one effect, by its last lease",
        """
        SELECT j.id FROM jobs.job AS j LEFT JOIN effects AS e ON e.job_id = j.id WHERE j.state = 'completed'
        GROUP BY j.id, j.lease HAVING count(e.job_id) <> 1 OR min(e.lease) <> j.lease
        """
    ),
    (
        "a job that is not completed has no effect",
        "SELECT j.id FROM jobs.job AS j JOIN effects AS e ON e.job_id = j.id WHERE j.state <> 'completed'"
    ),
    (
        "no job begins before those it comes after are completed",
        """
        SELECT c.id FROM jobs.job_dependency AS d JOIN jobs.job AS p ON p.id = d.parent_id JOIN jobs.job AS c ON c.id = d.child_id
        WHERE c.attempted_at IS NOT NULL AND (p.state <> 'completed' OR c.attempted_at < p.finished_at)
        """
    ),
    (
        "running jobs have a lease, and no others do",
        """
        SELECT coalesce(j.id, l.job_id) FROM (SELECT * FROM jobs.job WHERE state = 'running') AS j
        FULL JOIN jobs.lease AS l ON l.job_id = j.id AND l.lease = j.lease WHERE j.id IS NULL OR l.job_id IS NULL
        """
    ),
    (
        "a flow counts its open jobs",
        """
        SELECT f.id FROM jobs.flow AS f JOIN jobs.job AS j ON j.flow_id = f.id
        GROUP BY f.id HAVING f.open_jobs <> count(*) FILTER (WHERE j.finished_at IS NULL)
        """
    ),
    (
        "a flow is completed if and only if all its jobs are",
        """
        SELECT f.id FROM jobs.flow AS f JOIN jobs.job AS j ON j.flow_id = f.id
        GROUP BY f.id HAVING (f.state = 'completed') <> bool_and(j.state = 'completed')
        """
    ),
    (
        "a flow is discarded if and only if one of its jobs is",
        """
        SELECT f.id FROM jobs.flow AS f JOIN jobs.job AS j ON j.flow_id = f.id
        GROUP BY f.id HAVING (f.state = 'discarded') <> bool_or(j.state = 'discarded')
        """
    ),
    (
        "a job counts the parents that it waits for",
        """
        SELECT c.id FROM jobs.job AS c WHERE c.state = 'blocked' AND c.blockers <> (
            SELECT count(*) FROM jobs.job_dependency AS d JOIN jobs.job AS p ON p.id = d.parent_id
            WHERE d.child_id = c.id AND p.state <> 'completed')
        """
    ),
    (
        "no attempt is beyond the last",
        "SELECT id FROM jobs.job WHERE attempt > max_attempts OR attempt < 0"
    ),
]

/// The facts that do not hold.
func brokenInvariants(_ pool: PostgresPool) async throws -> [String] {
    var broken: [String] = []
    for (fact, offenders) in invariants where try await !pool.query(offenders).isEmpty { broken.append(fact) }
    return broken
}
