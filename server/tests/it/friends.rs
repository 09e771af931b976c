//! The friends whom a member referred: what became of each, on the card and on their page (`docs/rules.md` 201 to 203).

use std::collections::BTreeSet;

use domain::credit::ReversalCause;
use serde_json::Value;
use services::operator;
use store::{
    PurchaseId, audit_log,
    credits::reserved,
    entities::referral,
    friends, paid_purchases, purchases,
    referral_adjustments::{TakenBack, set_taken},
    referrals, referrer_totals,
};

use crate::support::{CODE, Explained, TestApp, on_both_databases};

on_both_databases!(
    each_step_is_told_with_its_date,
    all_are_listed_by_pages_and_each_once,
    an_open_dashboard_reads_what_changed,
    each_query_reads_by_an_index,
);

/// The steps of the only friend, each with its date, if it has one.
fn steps(page: &str) -> Vec<(String, bool)> {
    let (_, list) = page.split_once(r#"<ol class="friend-steps">"#).unwrap();
    let (list, _) = list.split_once("</ol>").unwrap();
    let steps = list.split("<li>").skip(1);
    let words = |step: &str| {
        let (_, words) = step.split_once("<span>").unwrap();
        words.split_once("</span>").unwrap().0.to_owned()
    };
    steps
        .map(|step| (words(step), step.contains("<time datetime=")))
        .collect()
}

fn step(words: &str, dated: bool) -> (String, bool) {
    (words.to_owned(), dated)
}

async fn each_step_is_told_with_its_date(app: TestApp) {
    let referred = app.referred().await;
    let mia = app.signed_in("mia@example.com").await;
    let card = mia.get("/dashboard").await.text;
    let waits = "You earn when they pay for their first purchase";
    assert_eq!(steps(&card), [step("Joined", true), step(waits, false)]);
    assert!(card.contains(">JD</span>"), "her initials: {card}");
    for words in ["1 joined", "Nothing earned yet", "All your friends (1)"] {
        assert!(card.contains(words), "{words}: {card}");
    }

    operator::set_tenant_credit(&app.state, "detroit-arms", 0)
        .await
        .unwrap();
    let sale = app.sell(&referred).await;
    app.decide(sale).await;
    // The card is gone while the program is off; the page is not.
    let card = mia.get("/dashboard").await.text;
    assert!(!card.contains("friend-steps") && card.contains(r#"href="/referrals""#));
    let page = mia.get("/referrals").await.text;
    let bought = [step("Joined", true), step("Bought", true)];
    let told = steps(&page);
    assert_eq!(told[..2], bought);
    assert!(
        told[2]
            .0
            .starts_with("They bought while the program was off.")
    );

    operator::set_tenant_credit(&app.state, "detroit-arms", 1000)
        .await
        .unwrap();
    let sale = app.sell(&referred).await;
    app.decide(sale).await;
    app.issue().await;
    let card = mia.get("/dashboard").await.text;
    assert_eq!(steps(&card)[..2], bought);
    assert_eq!(steps(&card)[2..], [step("You earned $10.00", true)]);
    assert!(card.contains("$10.00 earned"), "{card}");

    let taken = TakenBack {
        cents: Some(400),
        shortfall_cents: 0,
        cause: Some(ReversalCause::Disputed),
    };
    let id = app.referral().await.id;
    let set = set_taken::<referral::Entity>(app.state.db.writer(), id, taken);
    set.await.unwrap();
    // Another friend has bought nothing.
    let kay = app.member(&app.detroit, "Kay", "kay@example.com").await;
    let (token, now) = (app.state.random.token(), app.state.now());
    let (db, site, mias) = (app.state.db.writer(), app.detroit.id(), referred.mia.id);
    let row = referrals::insert_pending(db, site, token, mias, kay.id, None, now);
    row.await.unwrap();
    let page = mia.get("/referrals").await.text;
    let (_, page) = page.split_once(">Jane D.</span>").unwrap();
    let back = "$4.00 taken back: the purchase was refunded";
    assert_eq!(steps(page)[3..], [step(back, false)]);
    let page = mia.get("/referrals").await.text;
    for total in [">2</dd>", ">$6.00</dd>", ">$10.00</dd>"] {
        assert!(page.contains(total), "{total}: {page}");
    }
}

async fn all_are_listed_by_pages_and_each_once(app: TestApp) {
    const ALL: usize = 30;
    let mia = app.referrer(&app.detroit, "mia@example.com", CODE).await;
    let max = app.member(&app.detroit, "Max", "max@example.com").await;
    let (db, site) = (app.state.db.writer(), app.detroit.id());
    for number in 0..ALL {
        let name = format!("Friend{number:02}");
        let email = format!("friend{number}@example.com");
        let friend = app.member(&app.detroit, &name, &email).await;
        // One is Max's.
        let referrer = if number == 0 { max.id } else { mia.id };
        let (token, now) = (app.state.random.token(), app.state.now());
        let row = referrals::insert_pending(db, site, token, referrer, friend.id, None, now);
        row.await.unwrap();
    }
    let browser = app.signed_in("mia@example.com").await;
    let names = |page: &str| -> Vec<String> {
        let rows = page.split(r#"class="friend-name">"#).skip(1);
        rows.map(|row| row.split_once(' ').unwrap().0.to_owned())
            .collect()
    };
    let card = browser.get("/dashboard").await.text;
    let newest: Vec<_> = (25..30).rev().map(|n| format!("Friend{n}")).collect();
    assert_eq!(names(&card), newest);
    assert!(card.contains("All your friends (29)"), "{card}");

    let first = browser.get("/referrals").await.text;
    assert!(first.contains(">29</dd>") && !first.contains("Newest friends"));
    let (_, older) = first.split_once("/referrals?before=").unwrap();
    let (before, _) = older.split_once('"').unwrap();
    let path = format!("/referrals?before={before}");
    let last = browser.get(&path).await.text;
    assert!(last.contains("Newest friends") && !last.contains("Older friends"));
    let (first, last) = (names(&first), names(&last));
    assert_eq!((first.len(), last.len()), (25, 4));
    let seen: BTreeSet<_> = first.iter().chain(&last).cloned().collect();
    assert!(seen.len() == 29 && !seen.contains("Friend00"), "{seen:?}");

    let browser = app.signed_in("friend1@example.com").await;
    let none = browser.get(&path).await.text;
    assert!(none.contains("No friends yet"), "another's: {none}");
}

/// What the islands of the dashboard ask for.
async fn an_open_dashboard_reads_what_changed(app: TestApp) {
    let referred = app.referred().await;
    let mia = app.signed_in("mia@example.com").await;
    let read = async || -> Value {
        let answer = mia.fetch("dashboard", &[]).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        serde_json::from_str(&answer.text).unwrap()
    };
    let before = read().await;
    assert_eq!(before["card"]["totals"]["joined"], 1);
    assert_eq!(before["card"]["friends"][0]["line"]["status"], "pending");
    let sale = app.sell(&referred).await;
    app.decide(sale).await;
    app.issue().await;
    let on = read().await;
    assert_eq!(on["card"]["friends"][0]["line"]["status"], "credited");
    assert_ne!(on["balance"], before["balance"]);
    let off = operator::set_tenant_credit(&app.state, "detroit-arms", 0);
    off.await.unwrap();
    let off = read().await;
    assert_eq!(off["card"], Value::Null);
    assert_eq!(off["balance"], on["balance"], "it is told all the same");
    assert!(!off["balance"]["now"]["Credit"].is_null(), "{off}");
}

async fn each_query_reads_by_an_index(app: TestApp) {
    let referred = app.referred().await;
    let (mia, site) = (referred.mia.id, app.detroit.id());
    let referral = app.referral().await.id;
    let db = Explained::begin(&app).await;
    for before in [None, Some(referral)] {
        let page = referrals::of_referrer(&db, site, mia, before, 26).await;
        assert_eq!(page.unwrap().len(), usize::from(before.is_none()));
        db.assert_reads(&["ix_referrals_referrer_id_id"]);
    }
    let totals = referrer_totals::of_referrer(&db, site, mia).await.unwrap();
    assert_eq!((totals.referrals(None), totals.earned()), (1, vec![]));
    db.assert_reads(&["ix_referrals_referrer_id_id"]);
    let paid = friends::paid_at(&db, site, &[PurchaseId::new(1), PurchaseId::new(2)]).await;
    assert!(paid.unwrap().is_empty());
    db.assert_reads(&["PRIMARY KEY"]);
    let jane = &referred.jane;
    let before = friends::joined_before(&db, mia, jane, 5).await;
    assert!(before.unwrap().is_empty());
    db.assert_reads(&["ix_referrals_referrer_id_id"]);
    let paid = paid_purchases::of_buyer(&db, site, jane.id).await;
    assert!(paid.unwrap().is_empty());
    db.assert_reads(&[]);
    // What the dashboard reads of a buyer.
    let held = reserved::of_member(&db, site, jane.id).await;
    assert!(held.unwrap().is_empty());
    db.assert_reads(&["ix_purchases_buyer_id_id"]);
    let now = app.state.now();
    let tickets = purchases::tickets_of_buyer(&db, site, jane.id, now).await;
    assert!(tickets.unwrap().is_empty());
    db.assert_reads(&["ix_purchases_buyer_id_id"]);
    let changes = audit_log::of_referral(&db, Some(site), referral.get(), 5).await;
    assert!(changes.unwrap().is_empty());
    db.assert_reads(&["ix_audit_log_subject_id"]);
}
