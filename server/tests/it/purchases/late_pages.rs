//! A page that Stripe made long after it was first asked for: how long it holds the balance is counted
//! from the last request.

use std::time::Duration;

use domain::purchase::SessionState::{self, Expired};
use sea_orm::{ConnectionTrait, EntityTrait};
use serde_json::json;
use services::purchases::checkout::retrieve;
use store::{checkout_sessions, entities::checkout_session};
use stripe_stand_in::{Fault, FaultKind};

use super::one_page::{Scene, balance, buy, scene, sessions, set_price};
use crate::support::{TestApp, on_both_databases};

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(60 * 60);
const SESSIONS: &str = "/v1/checkout/sessions";

on_both_databases!(
    a_page_that_was_made_late_holds_the_balance_for_a_day,
    a_page_that_stripe_says_is_open_is_never_let_go,
    a_request_is_not_sent_again_once_its_key_may_be_forgotten,
    a_page_that_comes_when_nobody_waits_for_it_is_closed,
    a_row_that_was_heard_of_meanwhile_is_not_given_up,
    a_session_that_was_refused_meanwhile_is_not_asked_after,
    a_page_that_came_while_the_list_was_read_is_answered,
    a_page_that_was_made_although_stripe_answered_a_5xx_is_answered,
    a_request_of_the_version_before_may_be_open,
);

async fn is_refused(Scene { mia, membership }: &Scene) {
    let id = membership.id.to_string();
    let form = [("product_id", id.as_str()), ("page", "/memberships/member")];
    let refusal = mia.refused("buy", &form).await;
    let message = refusal.message.unwrap();
    assert!(message.contains("Nothing was charged"), "{message}");
}

/// The first request never reached Stripe, and the answer to one 22 hours later was lost.
async fn made_late(app: &TestApp) -> Scene {
    let scene = scene(app).await;
    let creation = |kind| Fault::next(kind).on("POST", SESSIONS);
    app.stripe.fault(creation(FaultKind::DropBefore));
    is_refused(&scene).await;
    app.advance(22 * HOUR);
    app.stripe.fault(creation(FaultKind::DropAfter));
    is_refused(&scene).await;
    assert_eq!((sessions(app).len(), balance(app)), (1, -100));
    scene
}

async fn a_page_that_was_made_late_holds_the_balance_for_a_day(app: TestApp) {
    let scene = made_late(&app).await;
    app.advance(4 * HOUR);
    app.stripe
        .fault(Fault::next(FaultKind::DropBefore).on("GET", SESSIONS));
    is_refused(&scene).await;
    assert_eq!((sessions(&app).len(), balance(&app)), (1, -100));
    let page = buy(&scene.mia, &scene.membership).await;
    assert_eq!(sessions(&app)[0]["url"], page);
    app.advance(21 * HOUR);
    let next = buy(&scene.mia, &scene.membership).await;
    assert_ne!(next, page);
    let [first, second] = &sessions(&app)[..] else {
        panic!("not two sessions");
    };
    let states = (&first["status"], &second["status"]);
    assert_eq!(states, (&json!("expired"), &json!("open")));
    assert_eq!(balance(&app), -100);
}

/// By our clock its day is over, but not by Stripe's; the terms changed, and to expire it fails.
async fn a_page_that_stripe_says_is_open_is_never_let_go(app: TestApp) {
    let scene = scene(&app).await;
    buy(&scene.mia, &scene.membership).await;
    app.set_our_clock_ahead(26 * HOUR);
    set_price(&app, &scene.membership, 4500).await;
    for kind in [
        FaultKind::DropBefore,
        FaultKind::TooManyRequests,
        FaultKind::Conflict,
        FaultKind::Forbidden,
    ] {
        let expiry = Fault::next(kind).on("POST", "/v1/checkout/sessions/");
        app.stripe.fault(expiry.ending("/expire"));
        is_refused(&scene).await;
        assert_eq!((sessions(&app).len(), balance(&app)), (1, -100), "{kind:?}");
    }
    buy(&scene.mia, &scene.membership).await;
    assert_eq!(sessions(&app)[0]["status"], "expired");
    assert_eq!((sessions(&app).len(), balance(&app)), (2, 0));
}

/// Stripe would make a second page under it. What was sent last may be under way for two minutes.
async fn a_request_is_not_sent_again_once_its_key_may_be_forgotten(app: TestApp) {
    let scene = scene(&app).await;
    app.stop_our_clock();
    let lost = || Fault::next(FaultKind::DropBefore).on("POST", SESSIONS);
    app.stripe.fault(lost());
    is_refused(&scene).await;
    app.advance(23 * HOUR - MINUTE);
    app.stripe.fault(lost());
    is_refused(&scene).await;
    app.advance(MINUTE);
    is_refused(&scene).await;
    assert_eq!(sessions(&app).len(), 0);
    app.advance(MINUTE);
    buy(&scene.mia, &scene.membership).await;
    assert_eq!((sessions(&app).len(), balance(&app)), (1, -100));
}

/// Its answer takes so long that the sweep gives the request up.
async fn a_page_that_comes_when_nobody_waits_for_it_is_closed(app: TestApp) {
    let scene = scene(&app).await;
    app.stripe
        .fault(Fault::next(FaultKind::HangAfter).on("POST", SESSIONS));
    let gives_up = async {
        app.stripe.received("POST", SESSIONS, 1).await.unwrap();
        let row = only_row(&app).await;
        let given_up = checkout_sessions::give_up(app.state.db.writer(), &row, Expired).await;
        assert!(given_up.unwrap());
        app.stripe.release_hung();
    };
    tokio::join!(is_refused(&scene), gives_up);
    let [session] = &sessions(&app)[..] else {
        panic!("not one session");
    };
    assert_eq!(session["status"], "expired");
    assert_eq!(balance(&app), -4000, "nothing holds it");
}

async fn a_row_that_was_heard_of_meanwhile_is_not_given_up(app: TestApp) {
    let scene = scene(&app).await;
    let page = buy(&scene.mia, &scene.membership).await;
    let row = only_row(&app).await;
    let before_it_was_answered = checkout_session::Model {
        state: SessionState::Requested.into(),
        ..row.clone()
    };
    let before_it_was_sent_again = checkout_session::Model {
        last_sent_at: row.last_sent_at - time::Duration::milliseconds(1),
        ..row.clone()
    };
    for as_read in [before_it_was_answered, before_it_was_sent_again] {
        let given_up = checkout_sessions::give_up(app.state.db.writer(), &as_read, Expired).await;
        assert!(!given_up.unwrap());
    }
    assert_eq!(
        app.purchase(row.purchase_id.unwrap()).await.state.code(),
        "open"
    );
    assert_eq!(buy(&scene.mia, &scene.membership).await, page);
}

/// Two clicks: one is refused by Stripe while the other has just read that the answer is missing.
async fn a_session_that_was_refused_meanwhile_is_not_asked_after(app: TestApp) {
    let scene = scene(&app).await;
    app.stripe
        .fault(Fault::next(FaultKind::DropBefore).on("POST", SESSIONS));
    is_refused(&scene).await;
    let as_read = only_row(&app).await;
    let db = app.state.db.writer();
    let given_up = checkout_sessions::give_up(db, &as_read, SessionState::Refused).await;
    assert!(given_up.unwrap());
    retrieve::retrieve(&app.state, &as_read).await.unwrap();
    let row = only_row(&app).await;
    assert_eq!((row.state.code(), row.next_check_at), ("refused", None));
    assert_eq!(sessions(&app).len(), 0);
}

async fn only_row(app: &TestApp) -> checkout_session::Model {
    let rows = checkout_session::Entity::find().all(app.state.db.reader());
    let rows = rows.await.unwrap();
    assert_eq!(rows.len(), 1);
    rows.into_iter().next().unwrap()
}

/// Two clicks on Buy after one whose request never reached Stripe: the second makes the page while the
/// first still waits for Stripe's list, in which it was not yet.
async fn a_page_that_came_while_the_list_was_read_is_answered(app: TestApp) {
    let scene = scene(&app).await;
    app.stripe
        .fault(Fault::next(FaultKind::DropBefore).on("POST", SESSIONS));
    is_refused(&scene).await;
    app.stripe
        .fault(Fault::next(FaultKind::HangAfter).on("GET", SESSIONS));
    let Scene { mia, membership } = &scene;
    let second = async {
        app.stripe.received("GET", SESSIONS, 2).await.unwrap();
        let page = buy(mia, membership).await;
        app.stripe.release_hung();
        page
    };
    let (first, second) = tokio::join!(buy(mia, membership), second);
    assert_eq!(first, second);
    assert_eq!((sessions(&app).len(), balance(&app)), (1, -100));
    let creations = app.stripe.received("POST", SESSIONS, 2).await.unwrap();
    assert_eq!(creations.len(), 2, "nobody asked for it once more");
}

/// The first request never reached Stripe; the second made the page and was answered 500.
async fn a_page_that_was_made_although_stripe_answered_a_5xx_is_answered(app: TestApp) {
    let scene = scene(&app).await;
    let creation = |kind| Fault::next(kind).on("POST", SESSIONS);
    app.stripe.fault(creation(FaultKind::DropBefore));
    is_refused(&scene).await;
    app.stripe.fault(creation(FaultKind::Sticky500After));
    let page = buy(&scene.mia, &scene.membership).await;
    assert_eq!((sessions(&app).len(), balance(&app)), (1, -100));
    assert_eq!(sessions(&app)[0]["url"], page);
}

/// It does not write when it sent it.
async fn a_request_of_the_version_before_may_be_open(app: TestApp) {
    let scene = scene(&app).await;
    app.stripe
        .fault(Fault::next(FaultKind::DropAfter).on("POST", SESSIONS));
    is_refused(&scene).await;
    let forgotten = "UPDATE checkout_sessions SET last_sent_at = 0";
    let db = app.state.db.writer();
    db.execute_unprepared(forgotten).await.unwrap();
    app.stripe
        .fault(Fault::next(FaultKind::DropBefore).on("GET", SESSIONS));
    is_refused(&scene).await;
    assert_eq!((sessions(&app).len(), balance(&app)), (1, -100));
    let page = buy(&scene.mia, &scene.membership).await;
    assert_eq!(sessions(&app)[0]["url"], page);
    assert_eq!((sessions(&app).len(), balance(&app)), (1, -100));
}
