//! A database file that cannot grow for a while: whatever is answered as stored is stored, and
//! readiness says meanwhile that nothing can be. (A whole process on a full disk:
//! `processes/full_disk.rs`.)

use std::time::Duration;

use sea_orm::{ConnectionTrait, EntityTrait, PaginatorTrait};
use serde_json::{Value, json};
use store::{Db, entities::stripe_event};

use crate::support::{TestApp, event, session};

/// SQLite refuses each page beyond the existing ones. The setting belongs to the connection, and a
/// connection whose transaction was aborted is closed.
const FULL: &str = "PRAGMA max_page_count = 1";
const ROOM: &str = "PRAGMA max_page_count = 1000000";

async fn set_disk(app: &TestApp, how: &str) {
    let writer = app.state.db.writer();
    writer.execute_unprepared(how).await.unwrap();
}

async fn readiness(app: &TestApp) -> (u16, Value) {
    let answer = reqwest::get(format!("http://{}/readyz", app.address)).await;
    let answer = answer.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

/// An event that needs pages of its own.
fn large(id: &str) -> String {
    let mut paid = session("cs_1", "paid");
    paid["metadata"] = json!({ "note": "x".repeat(40_000) });
    event(id, "checkout.session.completed", paid)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_that_is_answered_is_on_disk() {
    let app = TestApp::on_sqlite().await;
    let referred = app.referred().await;
    app.open_purchase(&referred, "cs_1").await;
    let beside = Db::connect(&app.state.config.database_url).await.unwrap();
    let stored = async || {
        let rows = stripe_event::Entity::find().count(beside.reader());
        rows.await.unwrap()
    };
    let deliver = async |id: &str| app.deliver(&referred.webhook, &large(id)).await;
    assert_eq!(readiness(&app).await.0, 200);
    for round in 1..=3 {
        set_disk(&app, FULL).await;
        assert_eq!(deliver("evt_1").await, 500, "round {round}");
        // This waits until the connection is back, or another one has replaced it.
        set_disk(&app, ROOM).await;
        assert_eq!(app.state.db.given_up(), round);
        let (status, why) = readiness(&app).await;
        let failed = json!(["a write to the database failed"]);
        assert_eq!((status, &why["reasons"]), (503, &failed));
        assert_eq!(stored().await, round - 1);

        app.advance(Duration::from_secs(10));
        assert_eq!(readiness(&app).await.0, 200, "a write works again");
        assert_eq!(deliver(&format!("evt_in_round_{round}")).await, 200);
        assert_eq!(stored().await, round);
    }
    assert_eq!(deliver("evt_1").await, 200);
    assert_eq!(deliver("evt_1").await, 200, "again");
    assert_eq!(stored().await, 4);
    beside.close().await.unwrap();
    app.run_jobs().await;
}
