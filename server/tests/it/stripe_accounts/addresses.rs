//! Members whose address Stripe refuses: they buy and earn all the same, and the desk can give
//! Stripe another address.

use domain::{
    account::{Role, TenantRole},
    purchase::ProductKind,
};
use stripe_stand_in::PaymentStatus;

use crate::support::{REFUSED, Referred, STRIPE_KEY, TestApp, on_both_databases, purchase_in};

on_both_databases!(
    a_referrer_whose_address_stripe_refuses_is_credited,
    a_buyer_whose_address_stripe_refuses_gives_another_one_on_its_page,
    a_membership_is_sold_to_an_address_that_stripe_refuses,
    the_desk_sets_a_billing_address_that_signs_nobody_in,
);

fn customers(app: &TestApp) -> Vec<serde_json::Value> {
    let objects = app.stripe.objects(STRIPE_KEY, None);
    objects["customers"].as_array().unwrap().clone()
}

async fn buy(app: &TestApp, referred: &Referred, kind: ProductKind) -> serde_json::Value {
    let path = match kind {
        ProductKind::Membership => "/memberships/range",
        _ => "/events/steel-challenge",
    };
    let id = match kind {
        ProductKind::Membership => {
            let member = app.product(&app.detroit, kind, "range", 3900).await;
            member.id.to_string()
        }
        _ => referred.ticket.id.to_string(),
    };
    let buyer = app.signed_in(REFUSED).await;
    let url = buyer
        .go("buy", &[("product_id", id.as_str()), ("page", path)])
        .await;
    let objects = app.stripe.objects(STRIPE_KEY, None);
    let session = objects["sessions"]
        .as_array()
        .unwrap()
        .last()
        .unwrap()
        .clone();
    assert_eq!(url, session["url"].as_str().unwrap());
    session
}

async fn a_referrer_whose_address_stripe_refuses_is_credited(app: TestApp) {
    let referred = app.referred().await;
    app.refuse_address(&referred.mia).await;
    app.sell(&referred).await;
    app.run_jobs().await;
    app.assert_credited_once(&referred.mia).await;
    let [customer] = &customers(&app)[..] else {
        panic!("not one customer");
    };
    assert!(customer["email"].is_null());
    assert_eq!(customer["metadata"]["holder"], referred.mia.token);
}

async fn a_buyer_whose_address_stripe_refuses_gives_another_one_on_its_page(app: TestApp) {
    let referred = app.referred().await;
    app.refuse_address(&referred.jane).await;
    let session = buy(&app, &referred, ProductKind::EventTicket).await;
    assert!(session["customer_email"].is_null() && session["customer"].is_null());
    let id = session["id"].as_str().unwrap();
    let email = Some("jane.pays@example.com");
    app.stripe.complete(id, PaymentStatus::Paid, email).unwrap();
    app.stripe
        .wait_until_deliveries_finish(STRIPE_KEY)
        .await
        .unwrap();
    let paid = app.purchase(purchase_in(&session)).await;
    assert_eq!(paid.state.code(), "paid");
    app.run_jobs().await;
    app.assert_credited_once(&referred.mia).await;
}

async fn a_membership_is_sold_to_an_address_that_stripe_refuses(app: TestApp) {
    let referred = app.referred().await;
    app.refuse_address(&referred.jane).await;
    let session = buy(&app, &referred, ProductKind::Membership).await;
    let customer = customers(&app).pop().unwrap();
    assert_eq!(session["customer"], customer["id"]);
    assert!(customer["email"].is_null());
    app.leave_jobs();
}

async fn the_desk_sets_a_billing_address_that_signs_nobody_in(app: TestApp) {
    let referred = app.referred().await;
    app.refuse_address(&referred.mia).await;
    app.sell(&referred).await;
    app.run_jobs().await;
    let role = Role::Tenant(TenantRole::Desk);
    app.staff(&app.detroit, role, "sam@example.com").await;
    let sam = app.signed_in("sam@example.com").await;
    let member = referred.mia.id.to_string();
    let save = async |address: &'static str| {
        let fields = [("member_id", member.as_str()), ("billing_email", address)];
        sam.fetch("set_billing_email", &fields).await.text
    };
    assert!(save("mia").await.contains("Enter an email address like"));
    let refused = save("other@refused.invalid-at-stripe.example").await;
    assert!(refused.contains("Stripe refuses this address"), "{refused}");
    assert!(customers(&app)[0]["email"].is_null());

    let done = save("mia.pays@example.com").await;
    assert!(done.contains("was saved"), "{done}");
    assert_eq!(customers(&app)[0]["email"], "mia.pays@example.com");
    let page = sam.get(&format!("/admin/members/{member}")).await.text;
    assert!(page.contains("mia.pays@example.com"), "{page}");
    let traces = app.audit_rows().await;
    let trace = traces.last().unwrap();
    assert_eq!(trace.field, "Billing address for Stripe");
    assert_eq!(trace.new_value.as_deref(), Some("mia.pays@example.com"));
    let stranger = app.browser();
    let fields = [
        ("email", "mia.pays@example.com"),
        ("password", crate::support::PASSWORD),
    ];
    let refusal = stranger.refused("sign_in", &fields).await;
    assert!(refusal.message.is_some(), "{refusal:?}");
    assert!(
        app.find(&app.detroit, "mia.pays@example.com")
            .await
            .is_none()
    );

    // Nobody of another site can, and an empty field takes it back.
    app.admin(&app.coaching, "cole@example.com").await;
    let cole = app.browser_at("coaching.localhost");
    cole.sign_in("cole@example.com").await;
    let fields = [("member_id", member.as_str()), ("billing_email", "")];
    let refusal = cole.refused("set_billing_email", &fields).await;
    assert_eq!(
        refusal.message.as_deref(),
        Some("There is no such member here.")
    );
}
