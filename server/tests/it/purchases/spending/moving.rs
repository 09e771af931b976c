//! A member whose credit sits on an earlier customer: the desk moves it, and undoing a sale takes it
//! back from where it is.

use serde_json::Value;
use store::{PurchaseId, credits};

use super::{
    Scene, ledger, scene,
    undoing::{sold_and_credited, undo},
};
use crate::support::{Browser, STRIPE_KEY, TestApp, on_both_databases};

on_both_databases!(
    the_desk_moves_it_and_the_member_reads_why,
    undoing_the_sale_takes_it_back_from_where_it_is,
    a_move_under_way_arrives_before_the_sale_is_undone,
    what_was_taken_back_is_not_offered,
);

const NEW: &str = "cus_mia_new";

/// The credit of this customer at Stripe, in cents.
fn credit(app: &TestApp, id: &str) -> i64 {
    let objects = app.stripe.objects(STRIPE_KEY, None);
    let mut customers = objects["customers"].as_array().unwrap().iter();
    let found: Option<&Value> = customers.find(|customer| customer["id"] == id);
    -found.expect(id)["balance"].as_i64().unwrap()
}

/// Mia earned $10.00 by Jane's sale at the counter, and has another customer now, with $5.00.
async fn earlier(app: &TestApp) -> (Scene, Browser, PurchaseId, String) {
    let scene = scene(app).await;
    let (desk, sale) = sold_and_credited(app, &scene).await;
    let mia = &scene.referred.mia;
    let earlier = app.customer_of(mia.id).await.unwrap();
    app.give_balance(mia, NEW, 500).await;
    app.mark_customer(NEW, mia).await;
    (scene, desk, sale, earlier)
}

async fn move_it(desk: &Browser, scene: &Scene, from: &str) -> String {
    let mia = scene.referred.mia.id.to_string();
    let form = [("member_id", mia.as_str()), ("from", from)];
    desk.done("move_member_credit", &form).await
}

async fn the_desk_moves_it_and_the_member_reads_why(app: TestApp) {
    let (scene, desk, _, earlier) = earlier(&app).await;
    let path = format!("/admin/members/{}", scene.referred.mia.id);
    let page = desk.get(&path).await.text;
    assert!(
        page.contains("Move $10.00") && page.contains(&earlier),
        "{page}"
    );
    let said = move_it(&desk, &scene, &earlier).await;
    assert_eq!(said, "$10.00 moves to the present customer.");
    assert_eq!((credit(&app, &earlier), credit(&app, NEW)), (0, 1500));
    assert!(!desk.get(&path).await.text.contains("Move $10.00"));
    let mia = app.signed_in(&scene.referred.mia.email).await;
    let statement = mia.get("/credits").await.text;
    assert!(
        statement.contains("Moved here from your earlier balance"),
        "{statement}"
    );
    let changes = app.audit_rows().await;
    assert!(
        changes.iter().any(|row| row.field == "Credit moved"),
        "{changes:?}"
    );
    app.run_jobs().await;
    app.assert_nothing_is_left().await;
}

async fn undoing_the_sale_takes_it_back_from_where_it_is(app: TestApp) {
    let (scene, desk, sale, earlier) = earlier(&app).await;
    move_it(&desk, &scene, &earlier).await;
    let said = undo(&desk, &scene.referred.jane, sale).await;
    assert_eq!(said.as_deref(), Ok("The sale was undone."));
    assert_eq!((credit(&app, &earlier), credit(&app, NEW)), (0, 500));
    assert_eq!(app.referral().await.taken_back_cents, Some(1000));
    app.run_jobs().await;
    app.assert_nothing_is_left().await;
}

async fn a_move_under_way_arrives_before_the_sale_is_undone(app: TestApp) {
    let (scene, desk, sale, earlier) = earlier(&app).await;
    let rows = app.credits().await;
    let earned = rows.iter().find(|row| row.referral_id.is_some()).unwrap();
    let (amount, now) = (earned.amount().unwrap().in_favor(), app.state.now());
    let id = credits::insert_moved_out(app.state.db.writer(), earned, amount, now).await;
    assert!(id.unwrap().is_some());
    let said = undo(&desk, &scene.referred.jane, sale).await;
    assert_eq!(said.as_deref(), Ok("The sale was undone."));
    assert_eq!((credit(&app, &earlier), credit(&app, NEW)), (0, 500));
    assert_eq!(
        ledger(&app.credits().await),
        [
            ("spent", "issued", 2000),
            ("earned", "issued", -1000),
            ("moved_out", "issued", 1000),
            ("moved_in", "issued", -1000),
            ("reversed", "issued", 1000),
            ("returned", "issued", -2000),
        ]
    );
    app.run_jobs().await;
    app.assert_nothing_is_left().await;
}

async fn what_was_taken_back_is_not_offered(app: TestApp) {
    let (scene, desk, sale, earlier) = earlier(&app).await;
    undo(&desk, &scene.referred.jane, sale).await.unwrap();
    assert_eq!((credit(&app, &earlier), credit(&app, NEW)), (0, 500));
    let path = format!("/admin/members/{}", scene.referred.mia.id);
    assert!(!desk.get(&path).await.text.contains("earlier customer"));
}
