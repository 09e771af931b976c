//! What an earlier customer of a platform referrer still has is moved to the present one, once.

use app::ports::PlatformReferrers;
use store::credits;
use stripe_stand_in::{Fault, FaultKind};

use super::{choose, chosen, credit, page, pat, said};
use crate::support::{PLATFORM_KEY, Platform, TestApp, on_both_databases};

on_both_databases!(
    what_the_earlier_one_has_is_moved_in_two_rows,
    what_was_spent_is_not_moved,
    what_is_spent_meanwhile_goes_back,
    a_lost_answer_moves_once,
    a_deleted_customer_has_nothing_to_move,
);

pub async fn move_from(app: &TestApp, platform: &Platform, from: &str) -> Result<String, String> {
    let services = pat(app).await;
    let moved = services.move_credit(platform.jordan.id.get(), from).await;
    said(moved.unwrap())
}

async fn ledger(app: &TestApp) -> Vec<(String, String, i64)> {
    let rows = app.credits().await.into_iter();
    rows.map(|row| {
        (
            row.kind.code().into(),
            row.state.code().into(),
            row.amount_cents,
        )
    })
    .collect()
}

fn row(kind: &str, cents: i64) -> (String, String, i64) {
    (kind.to_owned(), "issued".to_owned(), cents)
}

async fn what_the_earlier_one_has_is_moved_in_two_rows(app: TestApp) {
    let (platform, own) = chosen(&app).await;
    let shown = page(&app, &platform.jordan).await;
    assert_eq!(shown.elsewhere.len(), 1, "{shown:?}");
    assert_eq!(shown.elsewhere[0].customer.id, own);
    assert_eq!(shown.elsewhere[0].amount.to_string(), "$50.00");
    let said = move_from(&app, &platform, &own).await;
    assert_eq!(said.as_deref(), Ok("$50.00 moves to the present customer."));
    assert_eq!((credit(&app, &own), credit(&app, "cus_old")), (0, 5000));
    let rows = [
        row("earned", -5000),
        row("moved_out", 5000),
        row("moved_in", -5000),
    ];
    assert_eq!(ledger(&app).await, rows);
    let again = move_from(&app, &platform, &own).await;
    assert_eq!(again.unwrap_err(), "There is nothing to move anymore.");
    assert_eq!(credit(&app, "cus_old"), 5000);
    assert!(page(&app, &platform.jordan).await.elsewhere.is_empty());
    app.assert_nothing_is_left().await;
    // And back.
    let id = platform.jordan.id.get();
    choose(&app, Some("cus_old"), "new", id).await.unwrap();
    let new = app.partner_customer(platform.jordan.id).await.unwrap();
    move_from(&app, &platform, "cus_old").await.unwrap();
    assert_eq!((credit(&app, "cus_old"), credit(&app, &new)), (0, 5000));
    app.assert_nothing_is_left().await;
}

/// Somebody takes a part of the balance in Stripe's dashboard.
async fn spend(app: &TestApp, customer: &str, cents: i64) {
    let url = format!(
        "{}v1/customers/{customer}/balance_transactions",
        app.stripe.base_url
    );
    let form = [
        ("amount", cents.to_string()),
        ("currency", "usd".to_owned()),
    ];
    let client = reqwest::Client::new();
    let spent = client
        .post(url)
        .bearer_auth(PLATFORM_KEY)
        .form(&form)
        .send()
        .await;
    assert_eq!(spent.unwrap().status(), 200);
}

async fn what_was_spent_is_not_moved(app: TestApp) {
    let (platform, own) = chosen(&app).await;
    spend(&app, &own, 3000).await;
    let shown = page(&app, &platform.jordan).await;
    assert_eq!(shown.elsewhere[0].amount.to_string(), "$20.00");
    move_from(&app, &platform, &own).await.unwrap();
    assert_eq!((credit(&app, &own), credit(&app, "cus_old")), (0, 2000));
    app.assert_nothing_is_left().await;
}

/// The balance is used between the moment at which it was read and the debit.
async fn what_is_spent_meanwhile_goes_back(app: TestApp) {
    let (_, own) = chosen(&app).await;
    let earned = app.credits().await.remove(0);
    let (amount, now) = (earned.amount().unwrap().in_favor(), app.state.now());
    let db = app.state.db.writer();
    let id = credits::insert_moved_out(db, &earned, amount, now).await;
    assert!(id.unwrap().is_some());
    spend(&app, &own, 3000).await;
    app.settle().await;
    assert_eq!((credit(&app, &own), credit(&app, "cus_old")), (0, 2000));
    let rows = [
        row("earned", -5000),
        row("moved_out", 5000),
        row("restored", -3000),
        row("moved_in", -2000),
    ];
    assert_eq!(ledger(&app).await, rows);
}

async fn a_lost_answer_moves_once(app: TestApp) {
    let (platform, own) = chosen(&app).await;
    let lost = Fault::next(FaultKind::DropAfter).on("POST", "/v1/customers/*/balance_transactions");
    app.stripe.fault(lost.times(2));
    move_from(&app, &platform, &own).await.unwrap();
    app.settle().await;
    assert_eq!((credit(&app, &own), credit(&app, "cus_old")), (0, 5000));
    assert_eq!(app.platform_objects("balance_transactions").len(), 3);
    app.assert_nothing_is_left().await;
}

async fn a_deleted_customer_has_nothing_to_move(app: TestApp) {
    let (platform, own) = chosen(&app).await;
    let url = format!("{}v1/customers/{own}", app.stripe.base_url);
    let deleted = reqwest::Client::new().delete(url).bearer_auth(PLATFORM_KEY);
    assert_eq!(deleted.send().await.unwrap().status(), 200);
    assert!(page(&app, &platform.jordan).await.elsewhere.is_empty());
    let said = move_from(&app, &platform, &own).await;
    assert_eq!(said.unwrap_err(), "There is nothing to move anymore.");
    assert_eq!(ledger(&app).await, [row("earned", -5000)]);
}
