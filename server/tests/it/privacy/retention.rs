//! What is kept for a time alone (`docs/rules.md` 106).

use std::time::Duration;

use domain::{account::SecurityEvent, mail::MailState};
use sea_orm::{EntityTrait, QueryOrder};
use services::privacy::retention::{self, Ended};
use store::{
    entities::{checkout_session, mail, security_entry, stripe_event},
    security_log::{self, Happened},
    stripe_events::{self, NewEvent},
};
use stripe_stand_in::PaymentStatus;

use crate::support::{STRIPE_KEY, TestApp, on_both_databases, stripe};

on_both_databases!(
    with mail:
    what_is_91_days_old_ends_and_what_is_89_stays,
    more_than_one_round_has_is_left_to_the_next,
    a_payment_that_waits_is_kept,
    what_an_ended_checkout_session_was_asked_for_ends,
);

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

async fn receive(app: &TestApp, event_id: &str, waits: bool) {
    let now = app.state.now();
    let event = NewEvent {
        stripe_account_id: app.account().await,
        event_id,
        kind: "checkout.session.completed",
        body: r#"{"customer_email":"jane@example.com"}"#,
        livemode: Some(false),
        received_at: now,
        outcome: "paid",
        unmatched_since: waits.then_some(now),
    };
    let stored = stripe_events::insert_new(app.state.db.writer(), &event).await;
    assert!(stored.unwrap());
}

async fn happen(app: &TestApp, member: &store::entities::user::Model) {
    let happened = Happened {
        site_id: member.site_id,
        user_id: member.id,
        event: SecurityEvent::SignedIn,
        network: "203.0.113.7",
        device: "Firefox on Linux",
    };
    let written = security_log::write(app.state.db.writer(), happened, app.state.now()).await;
    written.unwrap();
}

/// One of each kind happens now.
async fn day(app: &TestApp, event_id: &str) {
    let referred = app.find(&app.detroit, "jane@example.com").await.unwrap();
    receive(app, event_id, false).await;
    happen(app, &referred).await;
    let visitor = app.browser();
    visitor
        .done("forgot_password", &[("email", "jane@example.com")])
        .await;
    app.run_jobs().await;
    app.run_jobs().await;
}

async fn events(app: &TestApp) -> Vec<(String, String, String)> {
    let rows = stripe_event::Entity::find().order_by_asc(stripe_event::Column::Id);
    let rows = rows.all(app.state.db.reader()).await.unwrap().into_iter();
    let ours = rows.filter(|row| row.event_id.starts_with("evt_of_"));
    ours.map(|row| (row.event_id, row.body, row.outcome))
        .collect()
}

async fn mails(app: &TestApp) -> Vec<mail::Model> {
    let rows = mail::Entity::find().order_by_asc(mail::Column::Id);
    rows.all(app.state.db.reader()).await.unwrap()
}

async fn log(app: &TestApp) -> usize {
    let rows = security_entry::Entity::find().all(app.state.db.reader());
    rows.await.unwrap().len()
}

async fn end_old(app: &TestApp) -> Ended {
    retention::end_old(&app.state).await.unwrap()
}

async fn what_is_91_days_old_ends_and_what_is_89_stays(app: TestApp) {
    app.stop_our_clock();
    app.referred().await;
    app.run_jobs().await;
    app.run_jobs().await;
    let before = mails(&app).await.len();
    day(&app, "evt_of_day_1").await;
    app.advance(DAY * 2);
    day(&app, "evt_of_day_3").await;
    app.advance(DAY * 89);
    let (all_mails, all_entries) = (mails(&app).await, log(&app).await);
    assert_eq!(all_mails.len(), before + 2);
    let ended = end_old(&app).await;
    assert_eq!((ended.events, ended.mails), (1, before as u64 + 1));
    let [old, young] = &events(&app).await[..] else {
        panic!("the rows stay");
    };
    assert_eq!((&*old.1, &*old.2), ("", "paid"), "the outcome stays");
    assert!(young.1.contains("jane@example.com"));
    let after = mails(&app).await;
    let (young, old) = after.split_last().unwrap();
    for (old, was) in old.iter().zip(&all_mails) {
        assert_eq!((&*old.address, &*old.subject), ("", ""));
        assert_eq!((old.kind, old.ended_at), (was.kind, was.ended_at));
        assert_eq!(*old.state, MailState::Sent);
    }
    assert_eq!(young.address, "jane@example.com");
    assert_eq!(
        log(&app).await as u64,
        all_entries as u64 - ended.security_entries
    );
    assert_eq!(
        end_old(&app).await,
        Ended::default(),
        "a second run does nothing"
    );
}

async fn more_than_one_round_has_is_left_to_the_next(app: TestApp) {
    app.stop_our_clock();
    app.referred().await;
    const MANY: usize = 1_100;
    for number in 0..MANY {
        receive(&app, &format!("evt_of_{number}"), false).await;
    }
    app.advance(DAY * 91);
    assert_eq!(end_old(&app).await.events, 1_000);
    assert_eq!(end_old(&app).await.events, 100);
    assert!(
        events(&app)
            .await
            .iter()
            .all(|(_, body, _)| body.is_empty())
    );
    app.leave_jobs();
}

async fn a_payment_that_waits_is_kept(app: TestApp) {
    app.stop_our_clock();
    app.referred().await;
    receive(&app, "evt_of_nobody", true).await;
    app.advance(DAY * 91);
    assert_eq!(end_old(&app).await.events, 0);
    assert!(events(&app).await[0].1.contains("jane@example.com"));
    app.leave_jobs();
}

/// Jane buys a ticket, and leaves the page of another purchase open.
async fn what_an_ended_checkout_session_was_asked_for_ends(app: TestApp) {
    app.stop_our_clock();
    let referred = app.referred().await;
    let jane = app.signed_in("jane@example.com").await;
    let ticket = referred.ticket.id.to_string();
    let buy = |token| {
        let page = ("page", "/events/steel-challenge");
        let form = [("product_id", ticket.as_str()), page, ("form_token", token)];
        let jane = &jane;
        async move { jane.go("buy", &form).await }
    };
    buy("form1").await;
    let objects = app.stripe.objects(STRIPE_KEY, None);
    let session = stripe::listed(&objects["sessions"]).pop().unwrap();
    let id = session["id"].as_str().unwrap();
    app.stripe.complete(id, PaymentStatus::Paid, None).unwrap();
    app.stripe
        .wait_until_deliveries_finish(STRIPE_KEY)
        .await
        .unwrap();
    app.run_jobs().await;
    app.settle().await;
    app.advance(DAY * 2);
    buy("form2").await;
    // Stripe does not say that it has expired.
    app.stripe.hold_deliveries(STRIPE_KEY);
    let rows = async || {
        let rows = checkout_session::Entity::find().order_by_asc(checkout_session::Column::Id);
        rows.all(app.state.db.reader()).await.unwrap()
    };
    let [paid, open] = &rows().await[..] else {
        panic!("two sessions");
    };
    assert!(paid.request.as_ref().unwrap().contains("payer"));
    app.advance(DAY * 89);
    assert_eq!(end_old(&app).await.sessions, 1);
    let after = rows().await;
    let blank = checkout_session::Model {
        request: None,
        url: None,
        ..paid.clone()
    };
    assert_eq!(after, [blank, open.clone()], "ids and state stay");
    // Nothing was heard of the open one: it is awaited for longer.
    app.advance(DAY * 2);
    assert_eq!(end_old(&app).await.sessions, 0);
    app.leave_jobs();
}
