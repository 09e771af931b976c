//! The statement of a member's credit: it agrees with Stripe to the cent, what Stripe and hands in its
//! dashboard did included.

use domain::{credit::Program, purchase::ProductKind};
use reqwest::Client;
use sea_orm::{EntityTrait, ModelTrait};
use serde_json::Value;
use store::entities::credit;
use stripe_stand_in::{Fault, FaultKind, PaymentStatus};

use super::{
    Scene, buy, buy_by_form, credit_at_stripe, ledger, scene, session, ticket, trouble::invoice_of,
};
use crate::stripe_accounts::disconnect;
use crate::support::{TestApp, on_both_databases};

on_both_databases!(
    each_change_is_told_and_the_sum_is_stripes,
    without_stripe_the_ledger_is_told,
    what_stripe_did_is_kept_once,
    what_an_open_page_holds_is_reserved,
    a_debt_is_said_to_be_owed,
    a_debit_whose_row_is_lost_is_shown,
    a_site_without_stripe_says_so,
    a_visitor_is_sent_to_sign_in,
);

/// Reason, text, cents and what was left of each change, newest first.
async fn changes(app: &TestApp, email: &str) -> (Value, Vec<(String, String, i64, Option<i64>)>) {
    let phone = app.phone_of(email).await;
    let statement = phone.get("/api/v1/me/credits").await.json;
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let lines = statement["changes"].as_array().unwrap().iter();
    let lines = lines.map(|line| {
        let (cents, left) = (&line["amount"]["cents"], &line["left"]["cents"]);
        (
            text(&line["reason"]),
            text(&line["text"]),
            cents.as_i64().unwrap(),
            left.as_i64(),
        )
    });
    let lines = lines.collect();
    (statement, lines)
}

fn line(reason: &str, text: &str, cents: i64, left: i64) -> (String, String, i64, Option<i64>) {
    (reason.to_owned(), text.to_owned(), cents, Some(left))
}

async fn each_change_is_told_and_the_sum_is_stripes(app: TestApp) {
    let Scene { referred, jane } = scene(&app).await;
    // A page that is left, a purchase that credit covers, and a membership.
    buy(&jane, &referred.ticket, 2500).await;
    let path = format!("/events/{}", referred.ticket.slug);
    let id = referred.ticket.id.to_string();
    jane.done("release_checkout", &[("product_id", &id), ("page", &path)])
        .await;
    let cheap = ticket(&app, "cheap", 500).await;
    buy_by_form(&jane, &cheap, 0, "form2").await;
    let kind = ProductKind::Membership;
    let membership = app.product(&app.detroit, kind, "member", 3900).await;
    let id = membership.id.to_string();
    jane.go(
        "buy",
        &[("product_id", &id), ("page", "/memberships/member")],
    )
    .await;
    let open = super::sessions(&app).pop().unwrap();
    app.pay(&open, PaymentStatus::Paid).await;
    app.run_jobs().await;
    app.settle().await;

    let (statement, lines) = changes(&app, "jane@example.com").await;
    let ticket = referred.ticket.name.as_str();
    assert_eq!(
        lines,
        [
            line(
                "membership",
                &format!("Used for {}", membership.name),
                -1500,
                0
            ),
            line("spent", &format!("Used for {}", cheap.name), -500, 1500),
            line(
                "returned",
                &format!("Returned: {ticket} was not paid"),
                2000,
                2000
            ),
            line("spent", &format!("Used for {ticket}"), -2000, 0),
            line("adjustment", "Added by Detroit Arms", 2000, 2000),
        ]
    );
    let sum: i64 = lines.iter().map(|(_, _, cents, _)| cents).sum();
    assert_eq!(sum, credit_at_stripe(&app));
    assert_eq!(statement["available"]["cents"], sum);
    assert_eq!(
        (&statement["complete"], &statement["reserved"]["cents"]),
        (&true.into(), &0.into())
    );
    let (_, mias) = changes(&app, "mia@example.com").await;
    assert_eq!(
        mias,
        [line("earned", "Earned by referring Jane D.", 1000, 1000)]
    );
    let page = jane.get("/credits").await;
    assert!(
        page.text.contains("+$20.00") && page.text.contains("-$15.00"),
        "{}",
        page.text
    );
}

async fn without_stripe_the_ledger_is_told(app: TestApp) {
    let Scene { jane, .. } = scene(&app).await;
    let cheap = ticket(&app, "cheap", 500).await;
    buy(&jane, &cheap, 0).await;
    let silent = Fault::next(FaultKind::BadGateway)
        .on("GET", "/v1/customers")
        .times(9);
    app.stripe.fault(silent);
    let (statement, lines) = changes(&app, "jane@example.com").await;
    assert_eq!(
        (&statement["complete"], &statement["available"]),
        (&false.into(), &Value::Null)
    );
    let used = format!("Used for {}", cheap.name);
    assert_eq!(lines, [("spent".to_owned(), used, -500, None)]);
    let page = jane.get("/credits").await;
    assert!(
        page.text
            .contains("We cannot reach our payment system right now."),
        "{}",
        page.text
    );
}

async fn what_stripe_did_is_kept_once(app: TestApp) {
    let Scene { jane, .. } = scene(&app).await;
    invoice_of(&app, "cus_jane", 300).await;
    for _ in 0..2 {
        jane.get("/credits").await;
    }
    let rows = app.credits().await;
    let mut kept = ledger(&rows);
    kept.sort_unstable();
    let observed = [("observed", "issued", -2000), ("observed", "issued", 300)];
    assert_eq!(kept, observed);
    assert!(
        rows.iter().all(|row| row.stripe_transaction_id.is_some()),
        "{rows:?}"
    );
    let outage = Fault::next(FaultKind::BadGateway).times(100);
    app.stripe.fault(outage);
    let (_, lines) = changes(&app, "jane@example.com").await;
    let mut kept: Vec<_> = lines.iter().map(|line| (line.0.as_str(), line.2)).collect();
    kept.sort_unstable();
    assert_eq!(kept, [("adjustment", -300), ("adjustment", 2000)]);
}

async fn what_an_open_page_holds_is_reserved(app: TestApp) {
    let Scene { referred, jane } = scene(&app).await;
    buy(&jane, &referred.ticket, 2500).await;
    let (statement, lines) = changes(&app, "jane@example.com").await;
    let words = format!("Reserved for {}", referred.ticket.name);
    assert_eq!(lines[0], line("reserved", &words, -2000, 0));
    let reserved = |statement: &Value| {
        let cents = |name: &str| statement[name]["cents"].as_i64().unwrap();
        (cents("available"), cents("reserved"))
    };
    assert_eq!(reserved(&statement), (0, 2000));
    let page = jane.get("/credits").await;
    assert!(page.text.contains("Reserved"), "{}", page.text);
    app.pay(&session(&app), PaymentStatus::Paid).await;
    app.run_jobs().await;
    let (statement, lines) = changes(&app, "jane@example.com").await;
    assert_eq!(reserved(&statement), (0, 0));
    assert_eq!(lines[0].0, "spent");
}

async fn a_debt_is_said_to_be_owed(app: TestApp) {
    let Scene { referred, jane } = scene(&app).await;
    invoice_of(&app, "cus_jane", 2300).await;
    let page = jane.get("/credits").await.text;
    assert!(page.contains("You owe") && page.contains("$3.00"), "{page}");
    assert!(!page.contains(">Available<"), "{page}");
    let dana = app.detroit_admin().await;
    let member = format!("/admin/members/{}", referred.jane.id);
    let profile = dana.get(&member).await.text;
    assert!(profile.contains("Owes $3.00"), "{profile}");
    let page = dana.get(&format!("{member}/credits")).await.text;
    assert!(page.contains(">Owes<"), "{page}");
    assert!(!page.contains(">Available<"), "{page}");
}

/// As after a backup was restored: Stripe has the debit, and its row is gone.
async fn a_debit_whose_row_is_lost_is_shown(app: TestApp) {
    let Scene { jane, .. } = scene(&app).await;
    let cheap = ticket(&app, "cheap", 500).await;
    buy(&jane, &cheap, 0).await;
    let db = app.state.db.writer();
    let row = credit::Entity::find().one(db).await.unwrap().unwrap();
    row.delete(db).await.unwrap();
    let (_, lines) = changes(&app, "jane@example.com").await;
    assert_eq!((lines[0].0.as_str(), lines[0].2), ("unknown", -500));
    assert!(lines[0].1.contains("no record of this change"), "{lines:?}");
}

async fn a_site_without_stripe_says_so(app: TestApp) {
    let Scene { jane, .. } = scene(&app).await;
    disconnect(&app, Program::Tenant).await;
    let page = jane.get("/credits").await;
    assert!(
        page.text.contains("Online payment is not set up here"),
        "{}",
        page.text
    );
    assert!(!page.text.contains("cannot reach our payment system"));
}

async fn a_visitor_is_sent_to_sign_in(app: TestApp) {
    let page = app.browser().get("/credits").await;
    assert_eq!(
        (page.status.as_u16(), page.header("location")),
        (303, "/sign-in?next=/credits")
    );
    let answer = Client::new()
        .get(format!("http://{}/api/v1/me/credits", app.address))
        .header("host", "localhost")
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 401);
}
