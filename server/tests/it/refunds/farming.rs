//! The farm that refunds made possible: three throw-away accounts, $1.50 spent and refunded.

use domain::purchase::ProductKind;
use stripe_stand_in::RefundStatus;

use super::{buy, rest};
use crate::support::{CODE, STRIPE_KEY, TestApp, WEBHOOK_SECRET, on_both_databases};

on_both_databases!(three_throw_away_accounts_earn_nothing_once_they_are_refunded);

async fn three_throw_away_accounts_earn_nothing_once_they_are_refunded(app: TestApp) {
    app.connect_stripe(&app.detroit, STRIPE_KEY, WEBHOOK_SECRET)
        .await;
    let farmer = app.referrer(&app.detroit, "mia@example.com", CODE).await;
    let kind = ProductKind::ShopItem;
    let sticker = app.product(&app.detroit, kind, "sticker", 50).await;
    let mut payments = Vec::new();
    for number in 1..=3 {
        let email = format!("throw{number}@away.example");
        let form = [
            ("first_name", "Throw"),
            ("last_name", "Away"),
            ("email", email.as_str()),
            ("date_of_birth", "1990-01-15"),
            ("password", crate::support::PASSWORD),
        ];
        let browser = app.browser();
        browser.get(&format!("/?ref={CODE}")).await;
        browser.go("register", &form).await;
        payments.push(buy(&app, &browser, &sticker, None).await.payment);
    }
    rest(&app).await;
    assert_eq!(app.balance_of(&farmer).await, -3000, "$30.00 for $1.50");
    for payment in &payments {
        app.stripe
            .refund(payment, None, RefundStatus::Succeeded)
            .unwrap();
    }
    rest(&app).await;
    assert_eq!(app.balance_of(&farmer).await, 0);
    app.assert_nothing_is_left().await;
}
