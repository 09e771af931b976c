//! Finding the few unfinished jobs among many finished ones uses, on PostgreSQL, indexes of our
//! own, and putting a job in runs no trigger.

use sqlx::{AssertSqlSafe, PgPool};
use store::Pool;

use crate::support::TestApp;

/// A worker did many jobs, and did not finish one of them.
const FILL: &str = "INSERT INTO apalis.workers (id, worker_type, storage_name, last_seen) \
    VALUES ('dead', 'pewpros', 'postgres', now() - interval '1 day'); \
    INSERT INTO apalis.jobs (id, job_type, job, status, attempts, max_attempts, run_at, priority, \
        metadata, idempotency_key, lock_by) \
    SELECT 'job-' || n, 'pewpros', '', CASE WHEN n = 1 THEN 'Running' ELSE 'Done' END, 1, 1, \
        now() - n * interval '1 second', 0, '', 'job-' || n, 'dead' \
    FROM generate_series(1, 20000) AS n; \
    ANALYZE apalis.jobs; ANALYZE apalis.workers";

/// The query that apalis runs each second (1.0.0, `queries/backend/reenqueue_orphaned.sql`).
const ORPHANED: &str = "SELECT jobs.id FROM apalis.jobs \
    INNER JOIN apalis.workers ON jobs.lock_by = workers.id \
    WHERE (jobs.status = 'Running' OR jobs.status = 'Queued') \
    AND now() - workers.last_seen >= interval '1 minute' AND workers.worker_type = 'pewpros' \
    FOR UPDATE OF jobs SKIP LOCKED";

/// The query that `Queue::forget_ended` runs each minute.
const ENDED: &str = "DELETE FROM apalis.jobs WHERE status IN ('Done', 'Failed', 'Killed') \
    AND run_at <= now() - interval '7 days'";

#[tokio::test]
async fn few_are_found_among_many() {
    let Some(app) = TestApp::on_postgres().await else {
        return;
    };
    let Pool::Postgres(pool) = app.state.db.pool() else {
        panic!("not on PostgreSQL")
    };
    app.leave_jobs();
    sqlx::raw_sql(FILL).execute(pool).await.unwrap();
    for (asked, index) in [
        (ORPHANED, "pewpros_jobs_under_way"),
        (ENDED, "pewpros_jobs_ended"),
    ] {
        let plan = plan(pool, asked).await;
        assert!(plan.contains(index), "{plan}");
        assert!(!plan.contains("Seq Scan on jobs"), "{plan}");
    }
}

#[tokio::test]
async fn a_job_that_is_put_in_notifies_nobody() {
    const TRIGGERS: &str = "SELECT COUNT(*) FROM pg_trigger \
        WHERE tgrelid = 'apalis.jobs'::regclass AND NOT tgisinternal";
    let Some(app) = TestApp::on_postgres().await else {
        return;
    };
    let Pool::Postgres(pool) = app.state.db.pool() else {
        panic!("not on PostgreSQL")
    };
    let triggers = sqlx::query_scalar::<_, i64>(TRIGGERS).fetch_one(pool).await;
    assert_eq!(triggers.unwrap(), 0);
}

async fn plan(pool: &PgPool, asked: &str) -> String {
    let explain = AssertSqlSafe(format!("EXPLAIN {asked}"));
    let lines = sqlx::query_scalar::<_, String>(explain).fetch_all(pool);
    lines.await.unwrap().join("\n")
}
