//! The billing portal: its configurations, visits and pages.

use serde_json::json;
use stripe_stand_in::{PaymentStatus, StandIn};

use crate::{
    client::{StripeClient, StripeResponse, stand_in},
    session::session,
};

const CONFIGURATIONS: &str = "/v1/billing_portal/configurations";
const SESSIONS: &str = "/v1/billing_portal/sessions";

/// A customer with a membership; returns the customer and the subscription.
async fn member(stripe: &StandIn, client: &StripeClient) -> (String, String) {
    let customer = client.customer().await;
    let id = session(client, "subscription", &[("customer", &customer)]).await;
    let done = stripe
        .complete(&id, PaymentStatus::Paid, None)
        .expect("paid");
    let subscription = done["subscription"].as_str().expect("an id").to_owned();
    (customer, subscription)
}

async fn configuration(client: &StripeClient) -> String {
    let form = [
        ("business_profile[headline]", "Detroit & Arms"),
        ("default_return_url", "https://shop.test/account"),
        ("features[customer_update][enabled]", "false"),
        ("features[invoice_history][enabled]", "true"),
        ("features[payment_method_update][enabled]", "true"),
        ("features[subscription_cancel][enabled]", "true"),
        ("features[subscription_cancel][mode]", "at_period_end"),
        ("login_page[enabled]", "true"),
    ];
    let made = client.post(CONFIGURATIONS, &form).await;
    assert_eq!(made.status, 200, "{}", made.text);
    made.id()
}

async fn visit(client: &StripeClient, customer: &str, configuration: &str) -> StripeResponse {
    let form = [("customer", customer), ("configuration", configuration)];
    client.post(SESSIONS, &form).await
}

/// The path of a page of the stand-in.
fn path(response: &StripeResponse) -> String {
    let url = response.json()["url"].as_str().expect("a URL").to_owned();
    let (_, path) = url.split_once("/portal/").expect("a page of the portal");
    format!("/portal/{path}")
}

#[tokio::test]
async fn a_member_cancels_and_comes_back() {
    let (stripe, client) = stand_in().await;
    let (customer, subscription) = member(&stripe, &client).await;
    let configuration = configuration(&client).await;
    let session = visit(&client, &customer, &configuration).await;
    assert_eq!(session.json()["return_url"], "https://shop.test/account");
    let page = path(&session);
    let shown = client.get(&page).await.text;
    for part in [
        "<h1>Detroit &amp; Arms</h1>",
        "Ticket",
        "$20.00 every month",
        "Renews on",
        "(paid)",
    ] {
        assert!(shown.contains(part), "{part} in {shown}");
    }
    let of_subscription = format!("/v1/subscriptions/{subscription}");
    for (action, ends, label) in [
        ("cancel", true, "Don't cancel subscription"),
        ("keep", false, ">Cancel subscription"),
    ] {
        let form = [("action", action), ("subscription", &subscription)];
        let pressed = client.post(&page, &form).await;
        assert_eq!(pressed.status, 303, "{}", pressed.text);
        let now = client.get(&of_subscription).await.json();
        assert_eq!(now["cancel_at_period_end"], json!(ends));
        assert!(client.get(&page).await.text.contains(label), "{label}");
    }
    let (_, foreign) = member(&stripe, &client).await;
    let form = [("action", "cancel"), ("subscription", foreign.as_str())];
    assert_eq!(client.post(&page, &form).await.status, 404);
}

#[tokio::test]
async fn a_new_card_pays_again() {
    let (stripe, client) = stand_in().await;
    let (customer, subscription) = member(&stripe, &client).await;
    let configuration = configuration(&client).await;
    for id in [&customer, &subscription] {
        stripe.fail_payments(id, true).expect("declined");
    }
    let page = path(&visit(&client, &customer, &configuration).await);
    assert!(client.get(&page).await.text.contains("declined"));
    assert_eq!(client.post(&page, &[("action", "card")]).await.status, 303);
    assert!(!client.get(&page).await.text.contains("declined"));
    stripe.advance_clock(32 * 24 * 60 * 60);
    let path = format!("/v1/subscriptions/{subscription}");
    assert_eq!(client.get(&path).await.json()["status"], "active");
}

#[tokio::test]
async fn a_visit_needs_a_configuration_and_ends_after_minutes() {
    let (stripe, client) = stand_in().await;
    let (customer, _) = member(&stripe, &client).await;
    let without = client
        .post(SESSIONS, &[("customer", customer.as_str())])
        .await;
    assert_eq!(without.status, 400, "{}", without.text);
    assert!(
        without
            .error("message")
            .contains("No configuration provided")
    );
    let configuration = configuration(&client).await;
    let unknown = visit(&client, "cus_none", &configuration).await;
    assert_eq!(unknown.error("code"), "resource_missing");
    let unknown = visit(&client, &customer, "bpc_none").await;
    assert_eq!(unknown.error("code"), "resource_missing");
    let page = path(&visit(&client, &customer, &configuration).await);
    stripe.advance_clock(4 * 60);
    assert_eq!(client.get(&page).await.status, 200);
    stripe.advance_clock(4 * 60);
    assert_eq!(client.get(&page).await.status, 200, "it was used since");
    stripe.advance_clock(6 * 60);
    assert_eq!(client.get(&page).await.status, 404);
    let off = [("active", "false")];
    client
        .post(&format!("{CONFIGURATIONS}/{configuration}"), &off)
        .await;
    assert_eq!(visit(&client, &customer, &configuration).await.status, 400);
    assert_eq!(client.count(CONFIGURATIONS).await, 1);
}

#[tokio::test]
async fn the_login_page_leads_a_subscriber_to_the_portal_and_tells_nothing_to_others() {
    let (stripe, client) = stand_in().await;
    member(&stripe, &client).await;
    let configuration = configuration(&client).await;
    let shown = client
        .get(&format!("{CONFIGURATIONS}/{configuration}"))
        .await
        .json();
    let login = shown["login_page"]["url"].as_str().expect("a URL");
    let (_, login) = login.split_once("/portal/").expect("a page of the portal");
    let login = format!("/portal/{login}");
    assert!(client.get(&login).await.text.contains("type=\"email\""));
    let stranger = client.post(&login, &[("email", "z@example.com")]).await;
    assert!(stranger.text.contains("Check your email") && !stranger.text.contains("href=\"http"));
    let subscriber = client
        .post(&login, &[("email", "a@example.com")])
        .await
        .text;
    let (_, link) = subscriber.split_once("/portal/").expect("a link");
    let (visit, _) = link.split_once('"').expect("its end");
    assert_eq!(client.get(&format!("/portal/{visit}")).await.status, 200);
    let off = [("login_page[enabled]", "false")];
    client
        .post(&format!("{CONFIGURATIONS}/{configuration}"), &off)
        .await;
    assert_eq!(client.get(&login).await.status, 404);
    assert_eq!(client.get("/portal/login/bpc_none").await.status, 404);
}

#[tokio::test]
async fn a_headline_has_at_most_60_letters() {
    let (_stripe, client) = stand_in().await;
    let headline = "x".repeat(61);
    let form = [
        ("features[invoice_history][enabled]", "true"),
        ("business_profile[headline]", headline.as_str()),
    ];
    let refused = client.post(CONFIGURATIONS, &form).await;
    assert_eq!(refused.status, 400, "{}", refused.text);
    assert_eq!(refused.error("param"), "business_profile[headline]");
}
