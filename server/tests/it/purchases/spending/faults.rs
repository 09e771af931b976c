//! Each call of Stripe on the way to a page with credit goes wrong in each way: nobody pays more,
//! and what nobody paid for is back in the end.

use std::time::Duration;

use domain::credit::CreditState;
use sea_orm::{
    ActiveModelTrait, ActiveValue::NotSet, EntityTrait, IntoActiveModel, QueryOrder, Set,
};
use services::jobs::sweep;
use store::{entities::checkout_session, sites};
use stripe_stand_in::{Fault, FaultKind};

use super::{Scene, coupons, credit_at_stripe, scene, sessions, ticket};
use crate::support::{STRIPE_KEY, TestApp, WEBHOOK_SECRET, on_both_databases};

on_both_databases!(
    whatever_goes_wrong_at_the_balance,
    whatever_goes_wrong_at_the_debit,
    whatever_goes_wrong_at_the_coupon,
    whatever_goes_wrong_at_the_session,
    whatever_goes_wrong_at_the_return,
    whatever_goes_wrong_where_credit_covers_the_price,
    coupons_of_a_dead_account_keep_no_other_waiting,
);

/// Every kind of trouble that ends by itself, and a key that Stripe does not take. What hangs is left
/// out: the form would wait as long.
fn kinds() -> impl Iterator<Item = FaultKind> {
    let passing = FaultKind::PASSING.into_iter();
    let answered = passing.filter(|kind| !matches!(kind, FaultKind::Hang | FaultKind::HangAfter));
    answered.chain([FaultKind::Unauthorized, FaultKind::Forbidden])
}

/// Method and path of the calls, with the end of the path.
type Call = (&'static str, &'static str, &'static str);

const BALANCE: Call = ("GET", "/v1/customers/", "cus_jane");
const DEBIT: Call = ("POST", "/v1/customers/", "balance_transactions");
const COUPON: Call = ("POST", "/v1/coupons", "coupons");
const SESSION: Call = ("POST", "/v1/checkout/sessions", "sessions");

fn fault(kind: FaultKind, (method, begins, ends): Call) -> Fault {
    Fault::next(kind).on(method, begins).ending(ends)
}

/// Presses the button, and lets hours pass until everything is over.
async fn buy_and_leave(app: &TestApp, scene: &Scene, slug: &str, cents: i64) {
    let product = ticket(app, slug, cents).await;
    let (id, to_pay) = (product.id.to_string(), (cents - 2000).max(0).to_string());
    let path = format!("/events/{slug}");
    let form = [
        ("product_id", id.as_str()),
        ("page", &path),
        ("use_credit", "1"),
        ("to_pay", &to_pay),
        ("form_token", slug),
    ];
    scene.jane.call("buy", &form).await;
}

/// Webhooks may not come at all: the sweep asks Stripe.
pub async fn hours_pass(app: &TestApp) {
    app.stripe.wait_until_requests_finish().await.unwrap();
    for _ in 0..8 {
        app.sweep_after(Duration::from_secs(4 * 3600)).await;
    }
}

/// Nobody paid: the credit is on the balance, nothing is open, and the ledger is at rest.
pub async fn assert_all_is_back(app: &TestApp, what: &str) {
    assert_eq!(credit_at_stripe(app), 2000, "{what}");
    let open = |session: &serde_json::Value| session["status"] == "open";
    assert!(!sessions(app).iter().any(open), "{what}");
    assert!(coupons(app).is_empty(), "{what}: {:?}", coupons(app));
    let mut spent = 0;
    for row in app.credits().await {
        assert_ne!(row.state, CreditState::Due, "{what}: {row:?}");
        if row.state == CreditState::Issued {
            spent += row.amount_cents;
        }
    }
    assert_eq!(spent, 0, "{what}: the ledger");
}

async fn each_kind_at(app: TestApp, call: Call) {
    let scene = scene(&app).await;
    for (number, kind) in kinds().enumerate() {
        app.stripe.fault(fault(kind, call));
        buy_and_leave(&app, &scene, &format!("ticket-{number}"), 4500).await;
        app.stripe.clear_faults();
        hours_pass(&app).await;
        assert_all_is_back(&app, &format!("{kind:?} at {call:?}")).await;
    }
}

async fn whatever_goes_wrong_at_the_balance(app: TestApp) {
    each_kind_at(app, BALANCE).await;
}

async fn whatever_goes_wrong_at_the_debit(app: TestApp) {
    each_kind_at(app, DEBIT).await;
}

async fn whatever_goes_wrong_at_the_coupon(app: TestApp) {
    each_kind_at(app, COUPON).await;
}

async fn whatever_goes_wrong_at_the_session(app: TestApp) {
    each_kind_at(app, SESSION).await;
}

async fn whatever_goes_wrong_at_the_return(app: TestApp) {
    let scene = scene(&app).await;
    for (number, kind) in kinds().enumerate() {
        buy_and_leave(&app, &scene, &format!("ticket-{number}"), 4500).await;
        assert_eq!(credit_at_stripe(&app), 0);
        app.stripe.fault(fault(kind, DEBIT));
        app.sweep_after(Duration::from_secs(2 * 3600)).await;
        app.run_jobs().await;
        app.stripe.clear_faults();
        hours_pass(&app).await;
        assert_all_is_back(&app, &format!("{kind:?}")).await;
    }
}

/// Either the purchase is paid and the credit spent, or neither.
async fn whatever_goes_wrong_where_credit_covers_the_price(app: TestApp) {
    let scene = scene(&app).await;
    let mut left = 2000;
    for (number, kind) in kinds().enumerate() {
        app.stripe.fault(fault(kind, DEBIT));
        let slug = format!("ticket-{number}");
        buy_and_leave(&app, &scene, &slug, 100).await;
        app.stripe.clear_faults();
        hours_pass(&app).await;
        let rows = app.purchases().await;
        let bought = rows.iter().filter(|row| row.state.code() == "paid").count();
        left = 2000 - 100 * i64::try_from(bought).unwrap();
        assert_eq!(credit_at_stripe(&app), left, "{kind:?}");
        assert!(
            rows.iter().all(|row| row.state.code() != "open"),
            "{kind:?}"
        );
    }
    buy_and_leave(&app, &scene, "without-trouble", 100).await;
    assert_eq!(credit_at_stripe(&app), left - 100);
}

/// More coupons than one sweep takes are left at an account whose key is gone.
async fn coupons_of_a_dead_account_keep_no_other_waiting(app: TestApp) {
    const MANY: u32 = 110;
    let scene = scene(&app).await;
    buy_and_leave(&app, &scene, "steel", 4500).await;
    let id = sessions(&app)[0]["id"].as_str().unwrap().to_owned();
    app.stripe.expire(&id).unwrap();
    app.delivered().await;
    app.run_jobs().await;
    let db = app.state.db.writer();
    let left = checkout_session::Entity::find().one(db).await.unwrap();
    let left = left.unwrap();
    assert!(left.coupon.is_some());
    app.connect_stripe(&app.coaching, "sk_test_coaching", WEBHOOK_SECRET)
        .await;
    let coaching = sites::by_id(db, app.coaching.id()).await.unwrap();
    let coaching = coaching.unwrap().row.stripe_account_id.unwrap();
    for number in 0..=MANY {
        let mut copy = left.clone().into_active_model();
        copy.id = NotSet;
        copy.token = Set(format!("token-{number}"));
        copy.session_id = Set(Some(format!("cs_{number}")));
        if number == MANY {
            copy.stripe_account_id = Set(coaching);
        }
        copy.insert(db).await.unwrap();
    }
    app.stripe.expire_key(STRIPE_KEY);
    let deleted = || {
        let requests = app.stripe.requests().into_iter();
        requests.filter(|one| one.method == "DELETE").count()
    };
    let before = deleted();
    sweep::round(&app.state).await.unwrap();
    let rows = checkout_session::Entity::find().order_by_asc(checkout_session::Column::Id);
    let mut rows = rows.all(db).await.unwrap();
    let last = rows.pop().unwrap();
    assert_eq!(last.coupon, None, "that of the other account");
    assert!(rows.iter().all(|row| row.coupon.is_some()));
    assert_eq!(deleted() - before, 2, "one call at each account");
}
