//! However many credits there are, those on hold and those whose hold is over are few, and are found so.

use services::credits::LEASE;
use store::{
    Scope,
    credits::{self, holds},
};

use crate::support::{Explained, TestApp, on_both_databases};

on_both_databases!(each_query_reads_by_an_index);

async fn each_query_reads_by_an_index(app: TestApp) {
    let (site, now) = (Scope::Site(app.detroit.id()), app.state.now());
    let db = Explained::begin(&app).await;
    let overdue = credits::overdue(&db, now, now, LEASE, 10).await;
    assert!(overdue.unwrap().is_empty());
    db.assert_reads(&["ix_credits_state_next_attempt_at"]);
    assert!(holds::of_scope(&db, site, now).await.unwrap().is_empty());
    db.assert_reads(&["ix_credits_on_hold"]);
    let held = holds::of_scope(&db, Scope::Platform, now).await;
    assert!(held.unwrap().is_empty());
    db.assert_reads(&[]);
}
