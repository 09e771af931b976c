//! Checkout sessions for the tests.

use crate::client::StripeClient;

const COMMON: [(&str, &str); 5] = [
    (
        "success_url",
        "https://shop.test/done?s={CHECKOUT_SESSION_ID}",
    ),
    ("cancel_url", "https://shop.test/cart"),
    ("line_items[0][price_data][currency]", "usd"),
    ("line_items[0][price_data][product_data][name]", "Ticket"),
    ("line_items[0][quantity]", "1"),
];

/// The parameters of a session over $20.00 in the given mode.
pub fn session_form<'a>(mode: &'a str, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let sent = |name: &str| more.iter().any(|(other, _)| *other == name);
    let mut form = COMMON.to_vec();
    form.retain(|(name, _)| !sent(name));
    form.push(("mode", mode));
    if mode == "subscription" {
        form.push(("line_items[0][price_data][recurring][interval]", "month"));
    }
    if !more.iter().any(|(name, _)| name.ends_with("[unit_amount]")) {
        form.push(("line_items[0][price_data][unit_amount]", "2000"));
    }
    form.extend(more);
    form
}

/// Creates a session and returns its id.
pub async fn session(client: &StripeClient, mode: &str, more: &[(&str, &str)]) -> String {
    let response = client
        .post("/v1/checkout/sessions", &session_form(mode, more))
        .await;
    assert_eq!(response.status, 200, "{}", response.text);
    response.id()
}
