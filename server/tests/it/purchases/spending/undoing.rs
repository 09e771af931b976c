//! Undoing a counter sale: the credit that paid for it goes back, and what it had earned is taken
//! back, once, whatever happens meanwhile.

use std::time::Duration;

use app::{
    ports::{AdminMembers, Settings},
    types::Outcome,
};
use domain::{
    credit::{MAX_ATTEMPTS, Program},
    purchase::PurchaseState,
    referral::ReferralStatus,
};
use sea_orm::{ActiveModelTrait, IntoActiveModel, Set};
use store::{PurchaseId, credits, entities::user, stripe_customers::claims};
use stripe_stand_in::{Fault, FaultKind};

use super::{
    Scene, buy, counter::sell, credit_at_stripe, ledger, scene, session, trouble::invoice_of,
};
use crate::{
    stripe_accounts::disconnect,
    support::{Browser, STRIPE_KEY, TestApp, WEBHOOK_SECRET, on_both_databases},
};

on_both_databases!(
    the_credit_goes_back_and_what_it_earned_is_taken_back,
    before_the_decision_nothing_is_earned,
    before_it_is_posted_the_credit_is_given_up_and_the_next_sale_earns_it,
    a_credit_of_unknown_outcome_is_settled_first,
    what_is_spent_already_leaves_no_debt,
    what_was_spent_in_part_is_taken_back_in_part,
    only_a_paid_sale_of_this_site_is_undone_and_once,
    two_admins_at_once_take_it_back_once,
    without_stripe_it_waits_and_is_done_later,
    a_referrer_whose_customer_was_deleted_owes_nothing,
    a_reversal_waits_while_a_purchase_holds_the_balance,
    a_credit_that_was_just_asked_for_is_not_given_up,
    the_statements_of_both_add_up,
);

const TOKEN: &str = "0123456789abcdef0123456789abcdef";

/// Jane bought at the counter with $20.00 of credit; Mia has her $10.00 for it.
pub async fn sold(app: &TestApp, scene: &Scene) -> (Browser, PurchaseId) {
    let desk = app.detroit_admin().await;
    let sale = (scene.referred.jane.id.get(), scene.referred.ticket.id.get());
    sell(&desk, sale, "2000", TOKEN).await.unwrap();
    let id = app.purchases().await[0].id;
    (desk, id)
}

pub async fn sold_and_credited(app: &TestApp, scene: &Scene) -> (Browser, PurchaseId) {
    let (desk, id) = sold(app, scene).await;
    app.run_jobs().await;
    app.run_jobs().await;
    assert_eq!(app.balance_of(&scene.referred.mia).await, -1000);
    (desk, id)
}

fn form<'a>(member: &'a str, purchase: &'a str, reason: &'a str) -> [(&'a str, &'a str); 3] {
    [
        ("member_id", member),
        ("purchase_id", purchase),
        ("reason", reason),
    ]
}

/// Undoes Jane's sale, and returns what the desk reads.
pub async fn undo(desk: &Browser, jane: &user::Model, id: PurchaseId) -> Result<String, String> {
    let (jane, id) = (jane.id.to_string(), id.to_string());
    match desk
        .call("undo_sale", &form(&jane, &id, "Wrong product"))
        .await
    {
        Outcome::Done(said) => Ok(said),
        Outcome::Refused(refusal) => Err(refusal.message.unwrap()),
        other => panic!("neither done nor refused: {other:?}"),
    }
}

async fn the_credit_goes_back_and_what_it_earned_is_taken_back(app: TestApp) {
    let scene = scene(&app).await;
    let (desk, id) = sold_and_credited(&app, &scene).await;
    let said = undo(&desk, &scene.referred.jane, id).await;
    assert_eq!(said.as_deref(), Ok("The sale was undone."));
    let sale = app.purchase(id).await;
    assert_eq!(sale.state, PurchaseState::Undone);
    assert_eq!(sale.undone_reason.as_deref(), Some("Wrong product"));
    assert_eq!(credit_at_stripe(&app), 2000);
    assert_eq!(app.balance_of(&scene.referred.mia).await, 0);
    assert_eq!(
        ledger(&app.credits().await),
        [
            ("spent", "issued", 2000),
            ("earned", "issued", -1000),
            ("reversed", "issued", 1000),
            ("returned", "issued", -2000),
        ]
    );
    let referral = app.referral().await;
    assert_eq!(*referral.status, ReferralStatus::Credited);
    assert_eq!(referral.taken_back_cents, Some(1000));
    let told = app.notifications(&scene.referred.mia).await;
    assert!(
        told.contains(&"A $10.00 credit was taken back: a friend's purchase was undone".to_owned()),
        "{told:?}"
    );
    let dana = app.find(&app.detroit, "dana@example.com").await;
    let log = app.services(&app.detroit, dana.as_ref()).await;
    let log = log
        .audit(&domain::log_filter::LogFilter::default(), None)
        .await
        .unwrap()
        .entries;
    let sold = "The steel-challenge, $45.00, of it $20.00 with credit";
    assert!(
        log.iter().any(|line| line.new.as_deref() == Some(sold)),
        "{log:?}"
    );
    assert!(
        log.iter()
            .any(|line| line.new.as_deref() == Some("Undone: Wrong product")),
        "{log:?}"
    );
    let page = desk
        .get(&format!("/admin/members/{}", scene.referred.mia.id))
        .await;
    assert!(
        page.text
            .contains("$10.00 taken back: the purchase was undone")
    );
    let receipt = scene.jane.get(&format!("/purchases/{id}")).await;
    assert!(receipt.text.contains("This sale was undone"));
    app.run_jobs().await;
    app.assert_nothing_is_left().await;
}

async fn before_the_decision_nothing_is_earned(app: TestApp) {
    let scene = scene(&app).await;
    let (desk, id) = sold(&app, &scene).await;
    undo(&desk, &scene.referred.jane, id).await.unwrap();
    app.run_jobs().await;
    assert_eq!(app.status().await, ReferralStatus::Pending);
    assert_eq!(
        ledger(&app.credits().await),
        [("spent", "issued", 2000), ("returned", "issued", -2000)]
    );
    app.assert_nothing_is_left().await;
}

async fn before_it_is_posted_the_credit_is_given_up_and_the_next_sale_earns_it(app: TestApp) {
    let scene = scene(&app).await;
    let (desk, id) = sold(&app, &scene).await;
    let unread = Fault::next(FaultKind::FailBefore).on("GET", "/v1/customers");
    app.stripe.fault(unread.times(9));
    app.decide(id).await;
    app.stripe.clear_faults();
    assert_eq!(app.credits().await.len(), 2);
    undo(&desk, &scene.referred.jane, id).await.unwrap();
    let referral = app.referral().await;
    assert_eq!(*referral.status, ReferralStatus::Pending);
    assert_eq!(referral.purchase_id, None);
    app.run_jobs().await;
    assert_eq!(app.balance_of(&scene.referred.mia).await, 0);
    let again = app.sell(&scene.referred).await;
    app.decide(again).await;
    app.settle().await;
    assert_eq!(app.balance_of(&scene.referred.mia).await, -1000);
    assert_eq!(app.referral().await.purchase_id, Some(again));
    app.run_jobs().await;
    app.assert_nothing_is_left().await;
}

async fn a_credit_of_unknown_outcome_is_settled_first(app: TestApp) {
    let scene = scene(&app).await;
    let (desk, id) = sold(&app, &scene).await;
    let lost = Fault::next(FaultKind::DropAfter).on("POST", "/v1/customers/");
    app.stripe.fault(lost.times(9));
    app.decide(id).await;
    app.advance(Duration::from_secs(60));
    let said = undo(&desk, &scene.referred.jane, id).await.unwrap_err();
    assert!(said.contains("has not confirmed yet"), "{said}");
    assert_eq!(
        app.purchase(id).await.state,
        PurchaseState::Paid,
        "nothing was changed"
    );
    app.stripe.clear_faults();
    app.advance(Duration::from_secs(60));
    undo(&desk, &scene.referred.jane, id).await.unwrap();
    assert_eq!(app.balance_of(&scene.referred.mia).await, 0);
    assert_eq!(app.referral().await.taken_back_cents, Some(1000));
    app.run_jobs().await;
    app.assert_nothing_is_left().await;
}

async fn what_is_spent_already_leaves_no_debt(app: TestApp) {
    let scene = scene(&app).await;
    let (desk, id) = sold_and_credited(&app, &scene).await;
    let mia = &scene.referred.mia;
    let customer = app.customer_of(mia.id).await.unwrap();
    invoice_of(&app, &customer, 1000).await;
    undo(&desk, &scene.referred.jane, id).await.unwrap();
    app.run_jobs().await;
    assert_eq!(app.balance_of(mia).await, 0, "no debt");
    assert_eq!(app.referral().await.taken_back_cents, Some(0));
    let rows = app.credits().await;
    assert_eq!(ledger(&rows).last(), Some(&("restored", "issued", -1000)));
    let page = desk.get(&format!("/admin/members/{}", mia.id)).await;
    assert!(page.text.contains("but the credit was already spent"));
    app.assert_nothing_is_left().await;
}

async fn what_was_spent_in_part_is_taken_back_in_part(app: TestApp) {
    let scene = scene(&app).await;
    let (desk, id) = sold_and_credited(&app, &scene).await;
    let mia = &scene.referred.mia;
    let customer = app.customer_of(mia.id).await.unwrap();
    invoice_of(&app, &customer, 400).await;
    undo(&desk, &scene.referred.jane, id).await.unwrap();
    app.run_jobs().await;
    assert_eq!(app.balance_of(mia).await, 0);
    assert_eq!(app.referral().await.taken_back_cents, Some(600));
    app.assert_nothing_is_left().await;
}

async fn only_a_paid_sale_of_this_site_is_undone_and_once(app: TestApp) {
    let scene = scene(&app).await;
    let (desk, id) = sold_and_credited(&app, &scene).await;
    let jane = &scene.referred.jane;
    let (member, sale) = (jane.id.to_string(), id.to_string());
    for (reason, words) in [("  ", "Say why"), (&*"x".repeat(201), "200 characters")] {
        let refusal = desk
            .refused("undo_sale", &form(&member, &sale, reason))
            .await;
        assert!(refusal.about("reason").unwrap().contains(words));
    }
    let mia = scene.referred.mia.id.to_string();
    let other = desk.refused("undo_sale", &form(&mia, &sale, "x")).await;
    assert!(other.message.unwrap().contains("no such purchase"));
    let chris = app.admin(&app.coaching, "chris@example.com").await;
    let elsewhere = app.services(&app.coaching, Some(&chris)).await;
    let other = elsewhere.undo_sale(jane.id.get(), id.get(), "x").await;
    let Outcome::Refused(refusal) = other.unwrap() else {
        panic!("undone from another site");
    };
    assert!(refusal.message.unwrap().contains("no such purchase"));
    assert_eq!(app.purchase(id).await.state, PurchaseState::Paid);
    undo(&desk, jane, id).await.unwrap();
    let again = undo(&desk, jane, id).await.unwrap_err();
    assert!(again.contains("undone before"), "{again}");
    buy(&scene.jane, &scene.referred.ticket, 2500).await;
    let online = crate::support::purchase_in(&session(&app));
    let refused = undo(&desk, jane, online).await.unwrap_err();
    assert!(refused.contains("paid through Stripe"), "{refused}");
    app.run_jobs().await;
}

async fn two_admins_at_once_take_it_back_once(app: TestApp) {
    let scene = scene(&app).await;
    let (desk, id) = sold_and_credited(&app, &scene).await;
    let jane = &scene.referred.jane;
    let answers = tokio::join!(undo(&desk, jane, id), undo(&desk, jane, id));
    assert!(answers.0.is_ok() != answers.1.is_ok(), "{answers:?}");
    app.run_jobs().await;
    assert_eq!(app.balance_of(&scene.referred.mia).await, 0);
    assert_eq!(credit_at_stripe(&app), 2000);
    app.assert_nothing_is_left().await;
}

async fn without_stripe_it_waits_and_is_done_later(app: TestApp) {
    let scene = scene(&app).await;
    let (desk, id) = sold_and_credited(&app, &scene).await;
    app.stripe.expire_key(STRIPE_KEY);
    disconnect(&app, Program::Tenant).await;
    undo(&desk, &scene.referred.jane, id).await.unwrap();
    for _ in 0..MAX_ATTEMPTS {
        app.sweep_after(Duration::from_secs(6 * 3600)).await;
    }
    assert_eq!(app.balance_of(&scene.referred.mia).await, -1000, "not yet");
    app.stripe.add_key(STRIPE_KEY, "sk_test_next");
    app.connect_stripe(&app.detroit, "sk_test_next", WEBHOOK_SECRET)
        .await;
    app.sweep_after(Duration::from_secs(7 * 3600)).await;
    assert_eq!(app.balance_of(&scene.referred.mia).await, 0);
    assert_eq!(credit_at_stripe(&app), 2000);
    app.assert_nothing_is_left().await;
}

async fn a_referrer_whose_customer_was_deleted_owes_nothing(app: TestApp) {
    let scene = scene(&app).await;
    let (desk, id) = sold_and_credited(&app, &scene).await;
    let customer = app.customer_of(scene.referred.mia.id).await.unwrap();
    app.delete_customer(&customer).await;
    undo(&desk, &scene.referred.jane, id).await.unwrap();
    app.run_jobs().await;
    assert_eq!(app.referral().await.taken_back_cents, Some(0));
    let rows = app.credits().await;
    assert!(
        ledger(&rows).contains(&("reversed", "failed", 1000)),
        "{rows:?}"
    );
    assert_eq!(credit_at_stripe(&app), 2000);
    app.assert_nothing_is_left().await;
}

async fn a_reversal_waits_while_a_purchase_holds_the_balance(app: TestApp) {
    let scene = scene(&app).await;
    let (desk, id) = sold_and_credited(&app, &scene).await;
    let mia = &scene.referred.mia;
    let row = app.customer_row(mia.id).await.unwrap().id;
    let (db, now) = (app.state.db.writer(), app.state.now());
    let minute = time::Duration::MINUTE;
    assert!(
        claims::claim(db, row, "a purchase", now, minute)
            .await
            .unwrap()
    );
    undo(&desk, &scene.referred.jane, id).await.unwrap();
    assert_eq!(app.balance_of(mia).await, -1000, "not yet");
    claims::release(db, row, "a purchase").await.unwrap();
    app.sweep_after(Duration::from_secs(60)).await;
    assert_eq!(app.balance_of(mia).await, 0);
    let row = app.customer_row(mia.id).await.unwrap();
    assert_eq!(row.claim_token, None, "released");
    app.assert_nothing_is_left().await;
}

/// A job may ask Stripe for the credit between the look at its row and the undoing.
async fn a_credit_that_was_just_asked_for_is_not_given_up(app: TestApp) {
    let scene = scene(&app).await;
    let (_, id) = sold(&app, &scene).await;
    let unread = Fault::next(FaultKind::FailBefore).on("GET", "/v1/customers");
    app.stripe.fault(unread.times(9));
    app.decide(id).await;
    app.stripe.clear_faults();
    let db = app.state.db.writer();
    let mut credit = app.credits().await.remove(1).into_active_model();
    credit.first_sent_at = Set(Some(app.state.now()));
    let asked = credit.update(app.state.db.reader()).await.unwrap();
    assert!(!credits::withdraw(db, asked.id).await.unwrap());
    let mut credit = asked.into_active_model();
    credit.first_sent_at = Set(None);
    let unasked = credit.update(app.state.db.reader()).await.unwrap();
    assert!(credits::withdraw(db, unasked.id).await.unwrap());
    app.run_jobs().await;
}

async fn the_statements_of_both_add_up(app: TestApp) {
    let scene = scene(&app).await;
    let (desk, id) = sold_and_credited(&app, &scene).await;
    undo(&desk, &scene.referred.jane, id).await.unwrap();
    app.run_jobs().await;
    for (email, left, newest) in [
        (
            "mia@example.com",
            0,
            "Taken back: a purchase by Jane D. was undone",
        ),
        (
            "jane@example.com",
            2000,
            "Returned: the sale of The steel-challenge was undone",
        ),
    ] {
        let phone = app.phone_of(email).await;
        let statement = phone.get("/api/v1/me/credits").await.json;
        let changes = statement["changes"].as_array().unwrap();
        let sum: i64 = changes
            .iter()
            .map(|one| one["amount"]["cents"].as_i64().unwrap())
            .sum();
        assert_eq!(
            (sum, &statement["available"]["cents"]),
            (left, &left.into()),
            "{email}"
        );
        assert_eq!(changes[0]["text"], newest);
    }
}
