//! A Checkout session that no row names any more, because a backup was restored, still holds the
//! balance.

use domain::purchase::ProductKind;
use serde_json::{Value, json};
use stripe_stand_in::{Fault, FaultKind};

use super::one_page::{Scene, balance, buy, scene, sessions};
use crate::support::{STRIPE_KEY, TestApp, on_both_databases};

on_both_databases!(
    a_page_that_was_forgotten_gives_the_balance_back,
    a_forgotten_page_that_cannot_be_closed_is_not_joined_by_another,
);

/// Mia's forgotten session holds $39 of her $40; her other sessions hold nothing, or are not ours.
async fn a_page_that_was_forgotten_gives_the_balance_back(app: TestApp) {
    let Scene { mia, membership } = scene(&app).await;
    let ticket = app
        .product(&app.detroit, ProductKind::EventTicket, "match", 2500)
        .await;
    let id = ticket.id.to_string();
    app.back_up().await;
    buy(&mia, &membership).await;
    mia.go("buy", &[("product_id", &id), ("page", "/events/match")])
        .await;
    let theirs = another_ones_page(&app).await;
    assert_eq!(balance(&app), 0);
    app.restore().await;
    let mia = app.signed_in("mia@example.com").await;
    let page = buy(&mia, &membership).await;
    let of = |session: &Value| session["status"].as_str().unwrap().to_owned();
    let all = sessions(&app);
    assert_eq!(
        all.iter().map(of).collect::<Vec<_>>(),
        ["expired", "open", "open", "open"]
    );
    assert_eq!(
        (&all[2]["id"], &all[3]["url"]),
        (&theirs["id"], &json!(page))
    );
    assert_eq!(all[3]["amount_total"], 3900);
    assert_eq!(
        balance(&app),
        0,
        "the new page holds it, and theirs the rest"
    );
}

async fn a_forgotten_page_that_cannot_be_closed_is_not_joined_by_another(app: TestApp) {
    let Scene { mia, membership } = scene(&app).await;
    app.back_up().await;
    buy(&mia, &membership).await;
    app.restore().await;
    let mia = app.signed_in("mia@example.com").await;
    let id = membership.id.to_string();
    let order = [("product_id", id.as_str()), ("page", "/memberships/member")];
    let list = Fault::next(FaultKind::DropBefore).on("GET", "/v1/checkout/sessions");
    let expiry = Fault::next(FaultKind::TooManyRequests).on("POST", "/v1/checkout/sessions/");
    for fault in [list, expiry.ending("/expire")] {
        app.stripe.fault(fault);
        let told = mia.refused("buy", &order).await.message.unwrap();
        assert!(told.contains("Nothing was charged"), "{told}");
        assert_eq!((sessions(&app).len(), balance(&app)), (1, -100));
    }
    buy(&mia, &membership).await;
    assert_eq!((sessions(&app).len(), balance(&app)), (2, -100));
}

/// A session of somebody else's software that uses the same Stripe account.
async fn another_ones_page(app: &TestApp) -> Value {
    let form = [
        ("mode", "subscription"),
        ("customer", "cus_mia"),
        ("success_url", "https://example.com/"),
        ("line_items[0][quantity]", "1"),
        ("line_items[0][price_data][currency]", "usd"),
        ("line_items[0][price_data][unit_amount]", "500"),
        ("line_items[0][price_data][recurring][interval]", "month"),
        (
            "line_items[0][price_data][product_data][name]",
            "Newsletter",
        ),
    ];
    let made = reqwest::Client::new()
        .post(format!("{}v1/checkout/sessions", app.stripe.base_url))
        .bearer_auth(STRIPE_KEY)
        .form(&form);
    let made = made.send().await.unwrap();
    assert_eq!(made.status(), 200);
    made.json().await.unwrap()
}
