//! Applies an event in one transaction: stores it, marks its purchase as paid and its Checkout
//! session as complete, and enqueues a job. It runs the product's statements and nothing else.

use anyhow::Result;
use axum::{Router, extract::State, http::StatusCode, routing::post};
use serde_json::Value;
use sqlx::Row;

use crate::{clock, database::Pool};

pub async fn router(database_url: &str) -> Result<Router> {
    let pool = Pool::connect(database_url).await?;
    Ok(Router::new()
        .route("/webhooks/stripe/{account}", post(receive))
        .with_state(pool))
}

async fn receive(
    State(pool): State<Pool>,
    axum::extract::Path(account): axum::extract::Path<String>,
    body: String,
) -> (StatusCode, String) {
    let result = match &pool {
        Pool::Sqlite(pool) => on_sqlite::apply(pool, &account, &body).await,
        Pool::Postgres(pool) => on_postgres::apply(pool, &account, &body).await,
    };
    match result {
        Ok(()) => (StatusCode::OK, "taken".to_owned()),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, format!("{error:#}")),
    }
}

const FIND_ACCOUNT: &str = "SELECT * FROM stripe_accounts WHERE public_id = $1";
const INSERT_EVENT: &str = "INSERT INTO stripe_events \
    (stripe_account_id, event_id, type, body, outcome, received_at) \
    VALUES ($1, $2, $3, $4, '', $5) ON CONFLICT (stripe_account_id, event_id) DO NOTHING";
const COMPLETE_SESSION: &str = "UPDATE checkout_sessions SET state = 'complete', open_for = NULL, \
    next_check_at = NULL, session_id = $1 WHERE id = $2";
const MARK_PAID: &str = "UPDATE purchases SET state = 'paid', checkout_session_id = $1, \
    payment_intent_id = $2, paid_at = $3, paid_cents = $4, credit_check = 'due' \
    WHERE id = $5 RETURNING *";
const SET_OUTCOME: &str = "UPDATE stripe_events SET outcome = $1 \
    WHERE stripe_account_id = $2 AND event_id = $3";

/// The same steps for both databases. They differ in how a transaction begins, how the purchase is
/// locked, and in the queue's table.
macro_rules! apply {
    ($name:ident, $pool:ty, $begin:ident ( $($how:literal)? ), $lock_session:literal, $lock:literal, $job:literal) => {
        mod $name {
            use super::*;

            pub async fn apply(pool: &$pool, account: &str, body: &str) -> Result<()> {
                let account = sqlx::query(FIND_ACCOUNT).bind(account).fetch_one(pool).await?;
                let account: i64 = account.try_get("id")?;
                let event: Value = serde_json::from_str(body)?;
                let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
                let (id, session) = (text(&event["id"]), &event["data"]["object"]);
                let now = clock::now_ms();
                let mut tx = pool.$begin($($how)?).await?;
                sqlx::query(INSERT_EVENT)
                    .bind(account)
                    .bind(&id)
                    .bind(text(&event["type"]))
                    .bind(body)
                    .bind(now)
                    .execute(&mut *tx)
                    .await?;
                let session_row = sqlx::query($lock_session)
                    .bind(text(&session["id"]))
                    .bind(text(&session["metadata"]["token"]))
                    .fetch_one(&mut *tx)
                    .await?;
                let (session_row, purchase): (i64, i64) = (session_row.try_get("id")?, session_row.try_get("purchase_id")?);
                sqlx::query($lock)
                    .bind(account)
                    .bind(purchase)
                    .fetch_one(&mut *tx)
                    .await?;
                sqlx::query(MARK_PAID)
                    .bind(text(&session["id"]))
                    .bind(text(&session["payment_intent"]))
                    .bind(now)
                    .bind(session["amount_total"].as_i64())
                    .bind(purchase)
                    .fetch_one(&mut *tx)
                    .await?;
                sqlx::query(COMPLETE_SESSION)
                    .bind(text(&session["id"]))
                    .bind(session_row)
                    .execute(&mut *tx)
                    .await?;
                sqlx::query(SET_OUTCOME)
                    .bind(format!("purchase {purchase} was open and is paid"))
                    .bind(account)
                    .bind(&id)
                    .execute(&mut *tx)
                    .await?;
                sqlx::query($job)
                    .bind(format!("{{\"decide_credit\":{{\"purchase_id\":{purchase}}}}}"))
                    .bind(&id)
                    .bind(now / 1000)
                    .bind(format!("decide:{purchase}"))
                    .execute(&mut *tx)
                    .await?;
                Ok(tx.commit().await?)
            }
        }
    };
}

apply!(
    on_sqlite,
    sqlx::SqlitePool,
    begin_with("BEGIN IMMEDIATE"),
    "SELECT * FROM checkout_sessions \
     WHERE session_id = $1 OR (token = $2 AND session_id IS NULL)",
    "SELECT * FROM purchases WHERE stripe_account_id = $1 AND id = $2",
    "INSERT INTO Jobs (job, id, job_type, status, attempts, max_attempts, run_at, priority, \
     metadata, idempotency_key) VALUES (CAST($1 AS BLOB), $2, 'pewpros', 'Pending', 0, 1, $3, 0, \
     '{}', $4) ON CONFLICT (job_type, idempotency_key) DO NOTHING"
);

apply!(
    on_postgres,
    sqlx::PgPool,
    begin(),
    "SELECT * FROM checkout_sessions \
     WHERE session_id = $1 OR (token = $2 AND session_id IS NULL) FOR UPDATE",
    "SELECT * FROM purchases WHERE stripe_account_id = $1 AND id = $2 FOR UPDATE",
    "INSERT INTO apalis.jobs (id, job_type, job, status, attempts, max_attempts, run_at, \
     priority, metadata, idempotency_key) VALUES ($2, 'pewpros', convert_to($1, 'UTF8'), \
     'Pending', 0, 1, to_timestamp($3), 0, ''::hstore, $4)"
);
