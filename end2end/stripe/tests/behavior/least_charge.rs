//! The least amount that Stripe charges.

use crate::{client::stand_in, session::session_form};

const SESSIONS: &str = "/v1/checkout/sessions";

#[tokio::test]
async fn a_total_below_the_least_charge_of_its_currency_is_refused_in_both_modes() {
    let (_stripe, client) = stand_in().await;
    let least = [
        ("usd", 50),
        ("eur", 50),
        ("cad", 50),
        ("aud", 50),
        ("gbp", 30),
        ("jpy", 50),
    ];
    for (currency, least) in least {
        for mode in ["payment", "subscription"] {
            let statuses = [(1, 400), (least - 1, 400), (least, 200), (0, 200)];
            for (amount, status) in statuses {
                let amount = amount.to_string();
                let more = [
                    ("line_items[0][price_data][currency]", currency),
                    ("line_items[0][price_data][unit_amount]", &amount),
                ];
                let form = session_form(mode, &more);
                let response = client.post(SESSIONS, &form).await;
                assert_eq!(response.status, status, "{mode} {amount} {currency}");
                if status == 400 {
                    assert_eq!(response.error("type"), "invalid_request_error");
                    assert_eq!(response.error("code"), "amount_too_small");
                }
            }
        }
    }
}

#[tokio::test]
async fn what_a_coupon_leaves_is_nothing_or_the_least_charge() {
    let (_stripe, client) = stand_in().await;
    for (off, status) in [("1951", 400), ("1950", 200), ("2000", 200)] {
        let coupon = [("id", off), ("amount_off", off), ("currency", "usd")];
        client.post("/v1/coupons", &coupon).await;
        for mode in ["payment", "subscription"] {
            let form = session_form(mode, &[("discounts[0][coupon]", off)]);
            let response = client.post(SESSIONS, &form).await;
            assert_eq!(response.status, status, "{mode} {off}");
        }
    }
}

#[tokio::test]
async fn a_trial_has_nothing_to_charge_yet() {
    let (_stripe, client) = stand_in().await;
    let trial = [
        ("line_items[0][price_data][unit_amount]", "20"),
        ("subscription_data[trial_period_days]", "7"),
    ];
    let form = session_form("subscription", &trial);
    assert_eq!(client.post(SESSIONS, &form).await.status, 200);
}
