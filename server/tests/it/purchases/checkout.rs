//! The Checkout session that a purchase creates, and the effects of paying it.

use domain::purchase::ProductKind;
use serde_json::{Value, json};
use store::{
    ProductId,
    stripe_customers::{self, HolderId},
};
use stripe_stand_in::{Fault, FaultKind, PaymentStatus};

use crate::support::{STRIPE_KEY, TestApp, on_both_databases, purchase_in};

on_both_databases!(
    each_kind_of_product_can_be_bought,
    paying_comes_back_as_paid_and_credits_the_referrer,
    a_membership_spends_the_balance_and_a_ticket_does_not,
    a_credit_earned_while_a_membership_is_being_paid_is_its_customers,
    a_customer_that_is_known_since_is_not_forgotten,
    buying_twice_uses_the_known_customer,
    a_buyer_whose_customer_was_deleted_can_still_buy,
    what_the_balance_paid_is_asked_of_the_customer_who_paid,
    a_session_whose_answer_was_lost_is_asked_for_again,
    a_key_that_answers_500_ever_after_is_left_behind,
);

/// Presses the button; returns Stripe's Checkout session.
async fn buy(app: &TestApp, email: &str, product_id: ProductId) -> Value {
    let browser = app.browser();
    browser.sign_in(email).await;
    let id = product_id.to_string();
    let url = browser
        .go(
            "buy",
            &[("product_id", &id), ("page", "/events/steel-challenge")],
        )
        .await;
    assert!(url.starts_with(&app.stripe.base_url), "{url}");
    sessions(app).pop().expect("a session")
}

fn sessions(app: &TestApp) -> Vec<Value> {
    app.stripe.objects(STRIPE_KEY, None)["sessions"]
        .as_array()
        .cloned()
        .unwrap()
}

/// Presses the button while Stripe's next answer about a Checkout session goes wrong.
async fn buy_in_vain(app: &TestApp, email: &str, product_id: ProductId, kind: FaultKind) {
    app.stripe
        .fault(Fault::next(kind).on("POST", "/v1/checkout/sessions"));
    let browser = app.browser();
    browser.sign_in(email).await;
    let id = product_id.to_string();
    let refusal = browser
        .refused(
            "buy",
            &[("product_id", &id), ("page", "/events/steel-challenge")],
        )
        .await;
    assert!(refusal.message.is_some());
}

async fn each_kind_of_product_can_be_bought(app: TestApp) {
    app.referred().await;
    for (kind, mode) in [
        (ProductKind::EventTicket, "payment"),
        (ProductKind::Course, "payment"),
        (ProductKind::Membership, "subscription"),
        (ProductKind::ShopItem, "payment"),
    ] {
        let product = app.product(&app.detroit, kind, "thing", 3900).await;
        let session = buy(&app, "jane@example.com", product.id).await;
        assert_eq!(session["mode"], mode, "{kind:?}");
        assert_eq!(session["amount_total"], 3900);
        let purchase = purchase_in(&session);
        let token = session["client_reference_id"].as_str().unwrap();
        assert_eq!(
            session["metadata"],
            json!({
                "site": "detroit-arms",
                "realm": app.detroit.row.realm,
                "product": format!("/{}/thing", kind.section()),
                "token": token,
            })
        );
        assert_eq!(token.len(), 32, "random, and no number of a row: {token}");
        let row = app.purchase(purchase).await;
        assert_eq!(row.checkout_session_id.as_deref(), session["id"].as_str());
        assert_eq!((row.state.code(), row.in_person), ("open", false));

        app.stripe
            .complete(session["id"].as_str().unwrap(), PaymentStatus::Paid, None)
            .unwrap();
        app.stripe
            .wait_until_deliveries_finish(STRIPE_KEY)
            .await
            .unwrap();
        let paid = app.purchase(purchase).await;
        assert_eq!(paid.state.code(), "paid", "{kind:?}");
        assert_eq!(
            paid.subscription_id.is_some(),
            kind == ProductKind::Membership
        );
        assert_eq!(
            paid.payment_intent_id.is_some(),
            kind != ProductKind::Membership
        );
    }
    app.run_jobs().await;
}

async fn paying_comes_back_as_paid_and_credits_the_referrer(app: TestApp) {
    let referred = app.referred().await;
    let mut news = app.state.live.watch();
    app.start_worker();
    let session = buy(&app, "jane@example.com", referred.ticket.id).await;
    app.stripe
        .complete(session["id"].as_str().unwrap(), PaymentStatus::Paid, None)
        .unwrap();
    assert_eq!(app.next_notification(&mut news).await.0, referred.mia.id);
    app.assert_credited_once(&referred.mia).await;

    let jane = app.browser();
    jane.sign_in("jane@example.com").await;
    let purchase = purchase_in(&session);
    let page = jane.get(&format!("/purchases/{purchase}")).await;
    assert_eq!(page.status, 200);
    assert!(
        page.text.contains("The steel-challenge") && page.text.contains("$45.00"),
        "{}",
        page.text
    );
    let mia = app.browser();
    mia.sign_in("mia@example.com").await;
    assert_eq!(
        mia.get(&format!("/purchases/{purchase}")).await.status,
        404,
        "another member's purchase"
    );
    let dashboard = mia.get("/dashboard").await.text;
    assert!(
        dashboard.contains("Credited") && dashboard.contains("$10.00"),
        "{dashboard}"
    );
}

/// Stripe's page is open when the credit is issued. If there were two customers, no payment of the
/// membership would ever spend the credit.
async fn a_credit_earned_while_a_membership_is_being_paid_is_its_customers(app: TestApp) {
    let referred = app.referred().await;
    let membership = app
        .product(&app.detroit, ProductKind::Membership, "member", 3900)
        .await;
    let session = buy(&app, "mia@example.com", membership.id).await;
    let sale = app.sell(&referred).await;
    app.decide(sale).await;
    assert_eq!(app.balance_of(&referred.mia).await, -1000);
    let session = session["id"].as_str().unwrap();
    app.stripe
        .complete(session, PaymentStatus::Paid, None)
        .unwrap();
    app.stripe
        .wait_until_deliveries_finish(STRIPE_KEY)
        .await
        .unwrap();
    let books = app.stripe.objects(STRIPE_KEY, None);
    let [subscription] = &books["subscriptions"].as_array().unwrap()[..] else {
        panic!("not one subscription")
    };
    let [entry] = &app.balance_transactions()[..] else {
        panic!("not one entry")
    };
    assert_eq!(subscription["customer"], entry["customer"]);
    assert_eq!(books["customers"].as_array().unwrap().len(), 1);
    app.run_jobs().await;
}

/// A credit creates another customer after a purchase found the old one deleted, and before the
/// purchase forgets the old one.
async fn a_customer_that_is_known_since_is_not_forgotten(app: TestApp) {
    let referred = app.referred().await;
    let (db, mia) = (app.state.db.writer(), referred.mia.id);
    app.remember_customer(mia, "cus_new").await;
    let (account, holder) = (app.account().await, HolderId::Member(mia));
    stripe_customers::forget_customer(db, account, holder, "cus_deleted")
        .await
        .unwrap();
    assert_eq!(app.customer_of(mia).await.as_deref(), Some("cus_new"));
    stripe_customers::forget_customer(db, account, holder, "cus_new")
        .await
        .unwrap();
    assert_eq!(app.customer_of(mia).await, None);
}

async fn a_membership_spends_the_balance_and_a_ticket_does_not(app: TestApp) {
    let referred = app.referred().await;
    let sale = app.sell(&referred).await;
    app.decide(sale).await;
    assert_eq!(app.balance_of(&referred.mia).await, -1000);
    let session = buy(&app, "mia@example.com", referred.ticket.id).await;
    app.stripe
        .complete(session["id"].as_str().unwrap(), PaymentStatus::Paid, None)
        .unwrap();
    assert_eq!(app.balance_of(&referred.mia).await, -1000);
    let membership = app
        .product(&app.detroit, ProductKind::Membership, "member", 3900)
        .await;
    let session = buy(&app, "mia@example.com", membership.id).await;
    app.stripe
        .complete(session["id"].as_str().unwrap(), PaymentStatus::Paid, None)
        .unwrap();
    app.stripe
        .wait_until_deliveries_finish(STRIPE_KEY)
        .await
        .unwrap();
    assert_eq!(app.balance_of(&referred.mia).await, 0);
    let mia = app.browser();
    mia.sign_in("mia@example.com").await;
    let card = mia.fetch("dashboard", &[]).await.text;
    assert!(card.contains("\"balance\":{\"now\":\"Empty\""), "{card}");
    app.run_jobs().await;
}

async fn buying_twice_uses_the_known_customer(app: TestApp) {
    let referred = app.referred().await;
    let first = buy(&app, "jane@example.com", referred.ticket.id).await;
    assert_eq!(first["customer_email"], "jane@example.com");
    app.stripe
        .complete(first["id"].as_str().unwrap(), PaymentStatus::Paid, None)
        .unwrap();
    app.stripe
        .wait_until_deliveries_finish(STRIPE_KEY)
        .await
        .unwrap();
    let known = app.customer_of(referred.jane.id).await;
    let second = buy(&app, "jane@example.com", referred.ticket.id).await;
    assert!(known.is_some());
    assert_eq!(second["customer"].as_str(), known.as_deref());
    app.run_jobs().await;
}

async fn a_buyer_whose_customer_was_deleted_can_still_buy(app: TestApp) {
    let referred = app.referred().await;
    let first = buy(&app, "jane@example.com", referred.ticket.id).await;
    app.stripe
        .complete(first["id"].as_str().unwrap(), PaymentStatus::Paid, None)
        .unwrap();
    app.stripe
        .wait_until_deliveries_finish(STRIPE_KEY)
        .await
        .unwrap();
    let deleted = app.customer_of(referred.jane.id).await.unwrap();
    app.delete_customer(&deleted).await;
    let second = buy(&app, "jane@example.com", referred.ticket.id).await;
    app.stripe
        .complete(second["id"].as_str().unwrap(), PaymentStatus::Paid, None)
        .unwrap();
    app.stripe
        .wait_until_deliveries_finish(STRIPE_KEY)
        .await
        .unwrap();
    let made = app.customer_of(referred.jane.id).await;
    assert!(made.is_some_and(|id| id != deleted));
    app.run_jobs().await;
}

async fn what_the_balance_paid_is_asked_of_the_customer_who_paid(app: TestApp) {
    let referred = app.referred().await;
    let sale = app.sell(&referred).await;
    app.decide(sale).await;
    let membership = app
        .product(&app.detroit, ProductKind::Membership, "member", 3900)
        .await;
    let session = buy(&app, "mia@example.com", membership.id).await;
    app.stripe
        .complete(session["id"].as_str().unwrap(), PaymentStatus::Paid, None)
        .unwrap();
    app.stripe
        .wait_until_deliveries_finish(STRIPE_KEY)
        .await
        .unwrap();
    app.remember_customer(referred.mia.id, "cus_another").await;
    let purchase = purchase_in(&session);
    let mia = app.browser();
    mia.sign_in("mia@example.com").await;
    let page = mia.get(&format!("/purchases/{purchase}")).await.text;
    assert!(page.contains("$29.00"), "{page}");
    app.run_jobs().await;
}

async fn a_session_whose_answer_was_lost_is_asked_for_again(app: TestApp) {
    let referred = app.referred().await;
    let sale = app.sell(&referred).await;
    app.decide(sale).await;
    let membership = app
        .product(&app.detroit, ProductKind::Membership, "member", 3900)
        .await;
    buy_in_vain(&app, "mia@example.com", membership.id, FaultKind::DropAfter).await;
    let [lost] = &sessions(&app)[..] else {
        panic!("Stripe made it");
    };
    assert_eq!(
        app.balance_of(&referred.mia).await,
        0,
        "it holds her credit"
    );
    let session = buy(&app, "mia@example.com", membership.id).await;
    assert_eq!(session["id"], lost["id"]);
    assert_eq!(sessions(&app).len(), 1);
    app.stripe
        .complete(session["id"].as_str().unwrap(), PaymentStatus::Paid, None)
        .unwrap();
    app.stripe
        .wait_until_deliveries_finish(STRIPE_KEY)
        .await
        .unwrap();
    assert_eq!(app.balance_of(&referred.mia).await, 0);

    let mia = app.signed_in("mia@example.com").await;
    let id = membership.id.to_string();
    let form = [("product_id", id.as_str()), ("page", "/"), ("another", "1")];
    mia.go("buy", &form).await;
    let another = sessions(&app).pop().unwrap();
    assert_ne!(another["id"], lost["id"], "that one is paid");
    assert_eq!(another["amount_total"], 3900);
    app.run_jobs().await;
}

async fn a_key_that_answers_500_ever_after_is_left_behind(app: TestApp) {
    let referred = app.referred().await;
    let ticket = referred.ticket.id;
    buy_in_vain(&app, "jane@example.com", ticket, FaultKind::Sticky500).await;
    let session = buy(&app, "jane@example.com", ticket).await;
    assert_eq!(session["status"], "open");
    assert_eq!(sessions(&app).len(), 1);
}
