//! A member has one open Checkout session per product, and one for all memberships together: a
//! second one would spend the part of the balance that the first one holds.

use domain::purchase::ProductKind;
use sea_orm::EntityTrait;
use serde_json::{Value, json};
use store::entities::{product, purchase};
use stripe_stand_in::{Fault, FaultKind, PaymentStatus};

use crate::support::{
    Browser, STRIPE_KEY, TestApp, WEBHOOK_SECRET, on_both_databases, purchase_in,
};

on_both_databases!(
    buying_again_answers_the_same_page_on_the_web_and_in_the_app,
    a_changed_price_ends_the_open_page_and_gives_the_credit_back,
    another_membership_ends_the_open_page,
    a_page_that_was_paid_meanwhile_leads_to_its_receipt,
    a_double_click_begins_one_purchase,
    without_an_end_there_is_no_second_page,
    an_end_whose_answer_was_lost_is_an_end,
    after_back_the_page_is_offered_and_can_be_released,
    releasing_what_is_paid_leads_to_the_receipt,
    a_membership_that_one_has_is_asked_about,
    a_membership_whose_payment_is_on_its_way_is_asked_about,
    a_double_click_while_stripe_is_slow_answers_one_page,
    a_first_membership_in_two_tabs_has_one_page,
    each_account_of_a_site_has_its_own_page,
    a_refused_key_says_nothing_of_the_page_that_was_made,
);

/// Mia with $40.00 on her balance, and a membership of $39.00.
pub struct Scene {
    pub mia: Browser,
    pub membership: product::Model,
}

pub async fn scene(app: &TestApp) -> Scene {
    let referred = app.referred().await;
    app.give_balance(&referred.mia, "cus_mia", 4000).await;
    Scene {
        mia: app.signed_in("mia@example.com").await,
        membership: membership(app, "member", 3900).await,
    }
}

async fn membership(app: &TestApp, slug: &str, cents: i64) -> product::Model {
    let kind = ProductKind::Membership;
    app.product(&app.detroit, kind, slug, cents).await
}

pub fn sessions(app: &TestApp) -> Vec<Value> {
    let books = app.stripe.objects(STRIPE_KEY, None);
    books["sessions"].as_array().unwrap().clone()
}

/// The balance at Stripe; below zero is in the customer's favor.
pub fn balance(app: &TestApp) -> i64 {
    let books = app.stripe.objects(STRIPE_KEY, None);
    let customers = books["customers"].as_array().unwrap().iter();
    let mut mia = customers.filter(|one| one["id"] == "cus_mia");
    mia.next().unwrap()["balance"].as_i64().unwrap()
}

pub async fn buy(browser: &Browser, product: &product::Model) -> String {
    let id = product.id.to_string();
    let page = format!("/memberships/{}", product.slug);
    browser
        .go("buy", &[("product_id", &id), ("page", &page)])
        .await
}

async fn buying_again_answers_the_same_page_on_the_web_and_in_the_app(app: TestApp) {
    let Scene { mia, membership } = scene(&app).await;
    let page = buy(&mia, &membership).await;
    assert_eq!(balance(&app), -100, "it holds $39.00");
    assert_eq!(buy(&mia, &membership).await, page);
    let phone = app.phone_of("mia@example.com").await;
    let order = json!({ "product_id": membership.id });
    let told = phone.post("/api/v1/purchases", &order).await;
    assert_eq!((told.status, told.text("checkout_url")), (201, page));
    let [session] = &sessions(&app)[..] else {
        panic!("not one session");
    };
    assert_eq!(balance(&app), -100);
    app.stripe
        .complete(session["id"].as_str().unwrap(), PaymentStatus::Paid, None)
        .unwrap();
    app.stripe
        .wait_until_deliveries_finish(STRIPE_KEY)
        .await
        .unwrap();
    assert_eq!(
        app.purchase(purchase_in(session)).await.state.code(),
        "paid"
    );
    assert_eq!(balance(&app), -100);
    app.run_jobs().await;
}

async fn a_changed_price_ends_the_open_page_and_gives_the_credit_back(app: TestApp) {
    let Scene { mia, membership } = scene(&app).await;
    let before = buy(&mia, &membership).await;
    set_price(&app, &membership, 4500).await;
    let after = buy(&mia, &membership).await;
    assert_ne!(before, after);
    let [first, second] = &sessions(&app)[..] else {
        panic!("not two sessions");
    };
    assert_eq!(
        (&first["status"], &second["status"]),
        (&json!("expired"), &json!("open"))
    );
    assert_eq!(second["amount_total"], 4500);
    assert_eq!(
        balance(&app),
        0,
        "all of the credit is used for the new price"
    );
    let old = app.purchase(purchase_in(first)).await;
    assert_eq!(old.state.code(), "expired");
}

pub async fn set_price(app: &TestApp, product: &product::Model, cents: i64) {
    let mut row: product::ActiveModel = product.clone().into();
    row.price_cents = sea_orm::Set(cents);
    let db = app.state.db.writer();
    product::Entity::update(row).exec(db).await.unwrap();
}

async fn another_membership_ends_the_open_page(app: TestApp) {
    let Scene { mia, membership } = scene(&app).await;
    buy(&mia, &membership).await;
    let gold = self::membership(&app, "gold", 4000).await;
    buy(&mia, &gold).await;
    let [first, second] = &sessions(&app)[..] else {
        panic!("not two sessions");
    };
    assert_eq!(
        (&first["status"], &second["status"]),
        (&json!("expired"), &json!("open"))
    );
    assert_eq!(balance(&app), 0);
}

async fn a_page_that_was_paid_meanwhile_leads_to_its_receipt(app: TestApp) {
    let Scene { mia, membership } = scene(&app).await;
    app.stripe.hold_deliveries(STRIPE_KEY);
    buy(&mia, &membership).await;
    let session = sessions(&app).remove(0);
    let id = session["id"].as_str().unwrap();
    app.stripe.complete(id, PaymentStatus::Paid, None).unwrap();
    let receipt = format!("/purchases/{}", purchase_in(&session));
    assert_eq!(buy(&mia, &membership).await, receipt);
    assert_eq!(
        app.purchase(purchase_in(&session)).await.state.code(),
        "paid"
    );
    assert_eq!(sessions(&app).len(), 1);
    app.run_jobs().await;
}

async fn a_double_click_begins_one_purchase(app: TestApp) {
    let Scene { mia, membership } = scene(&app).await;
    let pages = tokio::join!(
        buy(&mia, &membership),
        buy(&mia, &membership),
        buy(&mia, &membership),
    );
    assert_eq!((&pages.0, &pages.0), (&pages.1, &pages.2));
    assert_eq!(sessions(&app).len(), 1);
    let rows = purchase::Entity::find().all(app.state.db.reader()).await;
    assert_eq!(rows.unwrap().len(), 1);
}

async fn without_an_end_there_is_no_second_page(app: TestApp) {
    let Scene { mia, membership } = scene(&app).await;
    buy(&mia, &membership).await;
    set_price(&app, &membership, 4500).await;
    app.stripe.fault(
        Fault::next(FaultKind::DropBefore)
            .on("POST", "/v1/checkout/sessions/")
            .ending("/expire"),
    );
    let id = membership.id.to_string();
    let form = [("product_id", id.as_str()), ("page", "/memberships/member")];
    let refusal = mia.refused("buy", &form).await;
    let message = refusal.message.unwrap();
    assert!(message.contains("Nothing was charged"), "{message}");
    assert_eq!(sessions(&app).len(), 1);
    assert_eq!(balance(&app), -100);
}

async fn an_end_whose_answer_was_lost_is_an_end(app: TestApp) {
    let Scene { mia, membership } = scene(&app).await;
    buy(&mia, &membership).await;
    set_price(&app, &membership, 4500).await;
    app.stripe.fault(
        Fault::next(FaultKind::DropAfter)
            .on("POST", "/v1/checkout/sessions/")
            .ending("/expire"),
    );
    buy(&mia, &membership).await;
    let open = |session: &&Value| session["status"] == "open";
    assert_eq!(sessions(&app).iter().filter(open).count(), 1);
    assert_eq!(balance(&app), 0);
}

async fn after_back_the_page_is_offered_and_can_be_released(app: TestApp) {
    const PAGE: &str = "/memberships/member";
    let Scene { mia, membership } = scene(&app).await;
    buy(&mia, &membership).await;
    for path in [PAGE, "/memberships/member?cancelled=1", "/dashboard"] {
        mia.get(path).await;
    }
    assert_eq!(sessions(&app)[0]["status"], "open", "no GET ends it");
    let page = mia.get(&format!("{PAGE}?cancelled=1")).await.text;
    assert!(
        page.contains("Continue to payment") && page.contains("Cancel this purchase"),
        "{page}"
    );
    let id = membership.id.to_string();
    let form = [("product_id", id.as_str()), ("page", PAGE)];
    let closed = mia.done("release_checkout", &form).await;
    assert!(closed.contains("Nothing was charged"), "{closed}");
    assert_eq!(sessions(&app)[0]["status"], "expired");
    assert_eq!(balance(&app), -4000, "the credit is free");
    let page = mia.get(PAGE).await.text;
    assert!(!page.contains("Continue to payment"), "{page}");
    mia.done("release_checkout", &form).await;
}

async fn releasing_what_is_paid_leads_to_the_receipt(app: TestApp) {
    let Scene { mia, membership } = scene(&app).await;
    app.stripe.hold_deliveries(STRIPE_KEY);
    buy(&mia, &membership).await;
    let session = sessions(&app).remove(0);
    app.stripe
        .complete(session["id"].as_str().unwrap(), PaymentStatus::Paid, None)
        .unwrap();
    let id = membership.id.to_string();
    let form = [("product_id", id.as_str()), ("page", "/memberships/member")];
    let to = mia.go("release_checkout", &form).await;
    assert_eq!(to, format!("/purchases/{}", purchase_in(&session)));
    assert_eq!(
        app.purchase(purchase_in(&session)).await.state.code(),
        "paid"
    );
    app.run_jobs().await;
}

async fn a_membership_that_one_has_is_asked_about(app: TestApp) {
    let Scene { mia, membership } = scene(&app).await;
    buy(&mia, &membership).await;
    let id = sessions(&app)[0]["id"].as_str().unwrap().to_owned();
    app.stripe.complete(&id, PaymentStatus::Paid, None).unwrap();
    app.stripe
        .wait_until_deliveries_finish(STRIPE_KEY)
        .await
        .unwrap();
    let id = membership.id.to_string();
    let form = [("product_id", id.as_str()), ("page", "/memberships/member")];
    let refusal = mia.refused("buy", &form).await.message.unwrap();
    assert!(refusal.contains("already"), "{refusal}");
    let phone = app.phone_of("mia@example.com").await;
    let order = json!({ "product_id": membership.id });
    let told = phone.post("/api/v1/purchases", &order).await;
    told.assert_problem(409, "already-member");
    assert_eq!(sessions(&app).len(), 1);
    let page = mia.get("/memberships/member").await.text;
    assert!(page.contains("Buy another membership"), "{page}");
    let another = json!({ "product_id": membership.id, "another": true });
    assert_eq!(phone.post("/api/v1/purchases", &another).await.status, 201);
    app.run_jobs().await;
}

/// The second click comes while Stripe still works on the first, and waits for the first one's
/// session.
async fn a_double_click_while_stripe_is_slow_answers_one_page(app: TestApp) {
    let Scene { mia, membership } = scene(&app).await;
    let creation = Fault::next(FaultKind::Hang).on("POST", "/v1/checkout/sessions");
    app.stripe.fault(creation);
    let release = async {
        app.stripe
            .wait_until_received("POST", "/v1/checkout/sessions", 2)
            .await
            .unwrap();
        app.stripe.release_hung();
    };
    let (first, second, ()) = tokio::join!(buy(&mia, &membership), buy(&mia, &membership), release);
    assert_eq!(first, second);
    assert_eq!(sessions(&app).len(), 1);
}

/// The bank takes days: the membership counts as bought.
async fn a_membership_whose_payment_is_on_its_way_is_asked_about(app: TestApp) {
    let Scene { mia, membership } = scene(&app).await;
    buy(&mia, &membership).await;
    let id = sessions(&app)[0]["id"].as_str().unwrap().to_owned();
    app.stripe
        .complete(&id, PaymentStatus::Unpaid, None)
        .unwrap();
    app.stripe
        .wait_until_deliveries_finish(STRIPE_KEY)
        .await
        .unwrap();
    let id = membership.id.to_string();
    let form = [("product_id", id.as_str()), ("page", "/memberships/member")];
    let refusal = mia.refused("buy", &form).await.message.unwrap();
    assert!(refusal.contains("being processed"), "{refusal}");
    assert_eq!(sessions(&app).len(), 1);
}

/// Jane's customer is created for the first session; the second tab began before that.
async fn a_first_membership_in_two_tabs_has_one_page(app: TestApp) {
    let referred = app.referred().await;
    let membership = membership(&app, "member", 3900).await;
    let jane = app.signed_in("jane@example.com").await;
    let (first, second) = tokio::join!(buy(&jane, &membership), buy(&jane, &membership));
    assert_eq!(first, second);
    assert_eq!(buy(&jane, &membership).await, first);
    assert_eq!(sessions(&app).len(), 1);
    assert_ne!(referred.jane.id, referred.mia.id);
}

/// A request whose answer was lost holds the balance; the secret key is rejected for a moment, then
/// works.
async fn a_refused_key_says_nothing_of_the_page_that_was_made(app: TestApp) {
    let Scene { mia, membership } = scene(&app).await;
    let creation = |kind| Fault::next(kind).on("POST", "/v1/checkout/sessions");
    app.stripe.fault(creation(FaultKind::DropAfter));
    let id = membership.id.to_string();
    let form = [("product_id", id.as_str()), ("page", "/memberships/member")];
    mia.refused("buy", &form).await;
    assert_eq!(balance(&app), -100, "it was made");
    let list = Fault::next(FaultKind::Unauthorized).on("GET", "/v1/checkout/sessions");
    app.stripe.fault(list);
    mia.refused("buy", &form).await;
    buy(&mia, &membership).await;
    assert_eq!(sessions(&app).len(), 1);
    assert_eq!(balance(&app), -100);
}

/// The site changes its Stripe account, and goes back to the previous one.
async fn each_account_of_a_site_has_its_own_page(app: TestApp) {
    let Scene { mia, membership } = scene(&app).await;
    let first = buy(&mia, &membership).await;
    let detroit = app.detroit.clone();
    app.connect_stripe(&detroit, "sk_test_chicago", WEBHOOK_SECRET)
        .await;
    let other = buy(&mia, &membership).await;
    assert_ne!(first, other);
    assert_eq!(buy(&mia, &membership).await, other);
    app.connect_stripe(&detroit, STRIPE_KEY, WEBHOOK_SECRET)
        .await;
    assert_eq!(buy(&mia, &membership).await, first);
    assert_eq!((sessions(&app).len(), balance(&app)), (1, -100));
    // The form closes the session that Buy would answer.
    let id = membership.id.to_string();
    let form = [("product_id", id.as_str()), ("page", "/memberships/member")];
    mia.done("release_checkout", &form).await;
    assert_eq!(sessions(&app)[0]["status"], "expired");
    let others = app.stripe.objects("sk_test_chicago", None)["sessions"].clone();
    assert_eq!(others[0]["status"], "open");
}
