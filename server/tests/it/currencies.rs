//! A site trades in one currency: what is paid or owed in another one is shown and decides nothing.

use domain::{
    credit::{Balance, NotRetried, may_retry},
    money::{Currency, Money},
    purchase::ProductKind,
    referral::{FailureReason, ReferralStatus},
};
use reqwest::Client;
use sea_orm::{ConnectionTrait, EntityTrait};
use serde_json::{Value, json};
use services::stripe_customers::balance;
use store::entities::product;

use crate::support::{
    Referred, STRIPE_KEY, TestApp, event, on_both_databases, session, subscription,
};

on_both_databases!(
    what_is_paid_in_another_currency_is_stored_and_earns_nothing,
    eighteen_thousand_yen_earn_a_partner_nothing,
    a_currency_is_chosen_before_the_first_sale,
    what_was_only_tried_does_not_fix_the_currency,
    a_credit_that_was_given_fixes_the_currency,
    what_stripe_owes_in_another_currency_is_told_and_buys_nothing,
);

const COMPLETED: &str = "checkout.session.completed";

/// Jane pays for the ticket in this currency; returns the event's outcome.
async fn paid_in(app: &TestApp, referred: &Referred, id: &str, units: i64, code: &str) -> String {
    let mut paid = session(id, "paid");
    paid["amount_total"] = json!(units);
    paid["currency"] = json!(code);
    let event_id = format!("evt_of_{id}");
    let body = event(&event_id, COMPLETED, paid);
    assert_eq!(app.deliver(&referred.webhook, &body).await, 200, "{code}");
    app.outcome_of(&event_id).await
}

async fn what_is_paid_in_another_currency_is_stored_and_earns_nothing(app: TestApp) {
    let referred = app.referred().await;
    let jane = app.signed_in("jane@example.com").await;
    for (number, (units, code, shown)) in [
        (18_000, "jpy", "18,000 JPY"),
        (4500, "eur", "€45.00"),
        (1_500, "kwd", "1.500 KWD"),
    ]
    .into_iter()
    .enumerate()
    {
        let id = format!("cs_{number}");
        let bought = app.open_purchase(&referred, &id).await;
        let outcome = paid_in(&app, &referred, &id, units, code).await;
        assert!(outcome.ends_with(&format!("paid in another currency: {shown}")));
        let paid = app.purchase(bought.id).await;
        assert_eq!(
            (paid.state.code(), paid.credit_check.code(), paid.paid_cents),
            ("paid", "done", None),
            "{code}"
        );
        assert_eq!(paid.foreign_amount, Some(units));
        assert_eq!(paid.foreign_currency.as_deref(), Some(code));
        let receipt = jane.get(&format!("/purchases/{}", bought.id)).await.text;
        assert!(receipt.contains(shown), "{receipt}");
    }
    let dana = app.detroit_admin().await;
    let orders = dana.get("/admin/orders").await.text;
    let shown = "Paid in another currency: 18,000 JPY";
    assert!(orders.contains(shown), "{orders}");
    app.run_jobs().await;
    assert!(app.credits().await.is_empty());
    // It was no first purchase: the next one in dollars is.
    let dollars = app.open_purchase(&referred, "cs_usd").await;
    paid_in(&app, &referred, "cs_usd", 4500, "usd").await;
    assert_eq!(app.purchase(dollars.id).await.paid_cents, Some(4500));
    app.run_jobs().await;
    app.assert_credited_once(&referred.mia).await;
}

async fn eighteen_thousand_yen_earn_a_partner_nothing(app: TestApp) {
    let platform = app.platform().await;
    let code = Some(platform.jordan.code.as_str());
    let mut yen = subscription("cs_1", &platform.pewpros, "kim@example.com", code);
    yen["amount_total"] = json!(18_000);
    yen["currency"] = json!("jpy");
    app.subscribe(&platform, yen).await;
    let purchase = app.platform_purchases().await.remove(0);
    assert_eq!((purchase.state.code(), purchase.paid_cents), ("paid", None));
    let foreign = purchase.foreign().unwrap().unwrap();
    assert_eq!(foreign.to_string(), "18,000 JPY");
    assert!(app.credits().await.is_empty());
    let referral = app.platform_referral().await;
    let reason = FailureReason::OtherCurrency("jpy".to_owned());
    assert_eq!(referral.status, ReferralStatus::Failed);
    assert_eq!(referral.failure_reason.as_deref(), Some(&reason));
    let retried = may_retry(*referral.status, Some(&reason), true);
    assert_eq!(retried, Err(NotRetried::Final(reason)));

    let visitor = app.browser_at("pewpros.localhost");
    let thanks = visitor.get("/pricing/thank-you?session_id=cs_1").await;
    assert!(thanks.text.contains("18,000 JPY"), "{}", thanks.text);
    assert!(!thanks.text.contains("$180"), "{}", thanks.text);
    app.platform_admin(&app.detroit, "pat@example.com").await;
    let pat = app.signed_in("pat@example.com").await;
    let story = format!("/admin/referrals/platform/{}", referral.id);
    let story = pat.get(&story).await.text;
    assert!(story.contains("PewPros, 18,000 JPY"), "{story}");
    let orders = pat.get("/admin/orders?tab=platform").await.text;
    let shown = "Paid in another currency: 18,000 JPY";
    assert!(orders.contains(shown), "{orders}");
    assert!(story.contains("It was paid in JPY"), "{story}");
}

async fn a_currency_is_chosen_before_the_first_sale(app: TestApp) {
    let referred = app.referred().await;
    let dana = app.detroit_admin().await;
    let save =
        |code: &'static str, version: &'static str| [("currency", code), ("version", version)];
    dana.done("save_settings", &save("cad", "1")).await;
    let price = async || {
        let db = app.state.db.reader();
        let ticket = product::Entity::find_by_id(referred.ticket.id).one(db);
        ticket.await.unwrap().unwrap().price()
    };
    assert_eq!(price().await, Money::new(4500, Currency::Cad));
    assert_eq!(app.site().await.currency(), Currency::Cad);
    dana.done("save_settings", &save("usd", "2")).await;
    assert_eq!(price().await, Money::new(4500, Currency::Usd));

    app.sell(&referred).await;
    let refusal = dana.refused("save_settings", &save("eur", "3")).await;
    assert_eq!(
        refusal.about("currency"),
        Some("This site has sold or credited in USD, so it stays with USD.")
    );
    assert_eq!(price().await, Money::new(4500, Currency::Usd));
    assert_eq!(app.site().await.currency(), Currency::Usd);
    // Its own currency is no change.
    dana.done("save_settings", &save("usd", "3")).await;
    let page = dana.get("/admin/settings").await.text;
    assert!(
        page.contains(
            "It can no longer be changed: this site has sold or credited something in it."
        )
    );
    assert!(!page.contains("Euro (EUR)"));
    app.run_jobs().await;
}

const FIXED: &str = "This site has sold or credited in USD, so it stays with USD.";

async fn what_was_only_tried_does_not_fix_the_currency(app: TestApp) {
    let referred = app.referred().await;
    let kind = ProductKind::EventTicket;
    let free = app.product(&app.detroit, kind, "free", 0).await;
    let jane = app.signed_in("jane@example.com").await;
    for product in [&free, &referred.ticket] {
        let id = product.id.to_string();
        jane.go("buy", &[("product_id", &id), ("page", "/")]).await;
    }
    let states = app.purchases().await;
    let states: Vec<_> = states.iter().map(|row| row.state.code()).collect();
    assert_eq!(states, ["paid", "open"]);
    let dana = app.detroit_admin().await;
    let save =
        |code: &'static str, version: &'static str| [("currency", code), ("version", version)];
    // A page that is open in test mode.
    dana.done("save_settings", &save("cad", "1")).await;
    dana.done("save_settings", &save("usd", "2")).await;
    // One with real money can still be paid, until it is over.
    let db = app.state.db.writer();
    let live = "UPDATE purchases SET livemode = TRUE";
    db.execute_unprepared(live).await.unwrap();
    let refusal = dana.refused("save_settings", &save("cad", "3")).await;
    assert_eq!(refusal.about("currency"), Some(FIXED));
    let over = "UPDATE purchases SET state = 'expired' WHERE state = 'open'";
    db.execute_unprepared(over).await.unwrap();
    dana.done("save_settings", &save("cad", "3")).await;
    let page = dana.get("/admin/settings").await.text;
    assert!(page.contains("Euro (EUR)"), "{page}");
    app.leave_jobs();
}

async fn a_credit_that_was_given_fixes_the_currency(app: TestApp) {
    let referred = app.referred().await;
    let dana = app.detroit_admin().await;
    let id = referred.jane.id.to_string();
    let give = [
        ("program", "tenant"),
        ("id", id.as_str()),
        ("amount", "1000"),
        ("reason", "For the long wait"),
        ("confirmed", "1000"),
        ("token", "0123456789abcdef0123456789abcdef"),
    ];
    dana.done("give_credit", &give).await;
    app.run_jobs().await;
    let save =
        |code: &'static str, version: &'static str| [("currency", code), ("version", version)];
    // In test mode it was a try.
    dana.done("save_settings", &save("cad", "1")).await;
    dana.done("save_settings", &save("usd", "2")).await;
    let db = app.state.db.writer();
    let live = "UPDATE credits SET livemode = TRUE";
    db.execute_unprepared(live).await.unwrap();
    let refusal = dana.refused("save_settings", &save("cad", "3")).await;
    assert_eq!(refusal.about("currency"), Some(FIXED));
    let page = dana.get("/admin/settings").await.text;
    assert!(!page.contains("Euro (EUR)"), "{page}");
}

async fn what_stripe_owes_in_another_currency_is_told_and_buys_nothing(app: TestApp) {
    let referred = app.referred().await;
    app.give_balance(&referred.jane, "cus_jane", 700).await;
    let url = format!(
        "{}v1/customers/cus_jane/balance_transactions",
        app.stripe.base_url
    );
    for (amount, code) in [("-1500", "cad"), ("-18000", "jpy")] {
        let by_hand = Client::new()
            .post(&url)
            .bearer_auth(STRIPE_KEY)
            .form(&[("amount", amount), ("currency", code)]);
        assert_eq!(by_hand.send().await.unwrap().status(), 200);
    }
    let site = app.site().await;
    let now = balance::of(&app.state, &site, &referred.jane)
        .await
        .unwrap();
    assert_eq!(now.now, Balance::Credit(Money::new(700, Currency::Usd)));
    let jane = app.signed_in("jane@example.com").await;
    let page = jane.get("/credits").await.text;
    let told =
        "You also have a credit of CA$15.00. This site sells in USD, so you cannot use it here.";
    assert!(page.contains(told), "{page}");
    assert!(
        page.contains("You also have a credit of 18,000 JPY."),
        "{page}"
    );
    let dana = app.detroit_admin().await;
    let console = format!("/admin/members/{}/credits", referred.jane.id);
    let console = dana.get(&console).await.text;
    assert!(console.contains("Also at Stripe: 18,000 JPY."), "{console}");
    let phone = app.phone_of("jane@example.com").await;
    let statement: Value = phone.get("/api/v1/me/credits").await.json;
    assert_eq!(statement["available"]["cents"], 700);
    assert_eq!(statement["other_currencies"][0]["cents"], 1500);
    assert_eq!(statement["other_currencies"][0]["currency"], "cad");
    let yen = &statement["other_currencies"][1];
    assert_eq!(
        (&yen["cents"], &yen["text"]),
        (&json!(18_000), &json!("18,000 JPY"))
    );
    let ticket = jane.get(&format!("/events/{}", referred.ticket.slug)).await;
    assert!(ticket.text.contains("$7.00"), "{}", ticket.text);
}
