//! Refunds in the console: the page, its form, and what people read afterwards (`docs/rules.md` 138
//! and 142). What a refund means for credits is seen in `refunds`.

mod said;

use std::time::Duration;

use domain::{
    account::{Role, TenantRole},
    forms::Refusal,
    purchase::ProductKind,
};
use serde_json::Value;
use store::PurchaseId;
use stripe_stand_in::PaymentStatus;

use crate::support::{
    Browser, Referred, STRIPE_KEY, TestApp, on_both_databases, purchase_in, subscription,
};

on_both_databases!(
    card_and_credit_go_back_and_everybody_reads_it,
    a_part_goes_back_to_the_card_first,
    a_double_click_refunds_once,
    two_admins_at_once_refund_no_more_than_was_paid,
    what_is_forged_refunds_nothing,
    who_may_not_refund_is_refused,
    it_needs_a_recent_password,
    another_tenants_order_is_not_there,
    a_counter_sale_is_undone_and_not_refunded,
    a_membership_asks_how_it_ends,
    a_platform_order_has_its_page,
);

const TOKEN: &str = "0123456789abcdef0123456789abcdef";
const OTHER_TOKEN: &str = "fedcba9876543210fedcba9876543210";
const REASON: &str = "The event was canceled";

/// Jane paid $25.00 by card and $20.00 with credit for the ticket, and Mia has her $10.00 for it.
struct Scene {
    referred: Referred,
    jane: Browser,
    dana: Browser,
    ticket: PurchaseId,
}

async fn scene(app: &TestApp) -> Scene {
    let referred = app.referred().await;
    app.give_balance(&referred.jane, "cus_jane", 2000).await;
    let jane = app.signed_in("jane@example.com").await;
    let ticket = buy(app, &jane, referred.ticket.id.get(), true).await;
    app.run_jobs().await;
    app.settle().await;
    assert_eq!(app.balance_of(&referred.mia).await, -1000);
    Scene {
        dana: app.detroit_admin().await,
        referred,
        jane,
        ticket,
    }
}

/// Buys on the site and pays on Stripe's page.
async fn buy(app: &TestApp, browser: &Browser, product: i64, with_credit: bool) -> PurchaseId {
    let id = product.to_string();
    let mut form = vec![("product_id", id.as_str()), ("page", "/")];
    if with_credit {
        form.extend([
            ("use_credit", "1"),
            ("to_pay", "2500"),
            ("form_token", "f1"),
        ]);
    }
    browser.go("buy", &form).await;
    let sessions = app.stripe.objects(STRIPE_KEY, None)["sessions"].clone();
    let session: &Value = sessions.as_array().unwrap().last().unwrap();
    let session_id = session["id"].as_str().unwrap();
    app.stripe
        .complete(session_id, PaymentStatus::Paid, None)
        .unwrap();
    let delivered = app.stripe.wait_until_deliveries_finish(STRIPE_KEY).await;
    delivered.unwrap();
    purchase_in(session)
}

fn form<'a>(number: &'a str, amount: &'a str, token: &'a str) -> [(&'a str, &'a str); 5] {
    [
        ("program", "tenant"),
        ("number", number),
        ("amount", amount),
        ("reason", REASON),
        ("token", token),
    ]
}

async fn refund(dana: &Browser, id: PurchaseId, amount: &str, token: &str) -> String {
    let number = id.to_string();
    let form = form(&number, amount, token);
    dana.done("refund_order", &form).await
}

async fn refused(dana: &Browser, number: &str, amount: &str) -> Refusal {
    let form = form(number, amount, TOKEN);
    dana.refused("refund_order", &form).await
}

/// What refunds at Stripe give back, in cents.
fn back_at_stripe(app: &TestApp) -> Vec<i64> {
    let objects = app.stripe.objects(STRIPE_KEY, None);
    let refunds = objects["refunds"].as_array().cloned().unwrap_or_default();
    let amounts = refunds.iter().map(|one| one["amount"].as_i64().unwrap());
    amounts.collect()
}

async fn everything_is_done(app: &TestApp) {
    let delivered = app.stripe.wait_until_deliveries_finish(STRIPE_KEY).await;
    delivered.unwrap();
    app.run_jobs().await;
    app.settle().await;
    app.run_jobs().await;
}

async fn card_and_credit_go_back_and_everybody_reads_it(app: TestApp) {
    let scene = scene(&app).await;
    let Scene { dana, ticket, .. } = &scene;
    let path = format!("/admin/orders/{ticket}/refund");
    let orders = dana.get("/admin/orders").await.text;
    assert!(orders.contains(&path), "{orders}");
    let page = dana.get(&path).await.text;
    for words in ["Jane", "$25.00", "$20.00", "value=\"4500\""] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let number = ticket.to_string();
    let sent = form(&number, "4500", TOKEN);
    let answer = dana.submit("refund_order", &sent).await;
    let order = format!("/admin/orders?q=%23{number}");
    assert_eq!(answer.header("location"), order);
    everything_is_done(&app).await;
    let page = dana.get(&order).await.text;
    assert!(page.contains("Refunded"), "{page}");
    assert_eq!(back_at_stripe(&app), [2500]);
    assert_eq!(app.balance_of(&scene.referred.jane).await, -2000);
    assert_eq!(app.balance_of(&scene.referred.mia).await, 0, "taken back");

    let page = dana.get(&path).await.text;
    assert!(
        page.contains(REASON) && page.contains("Dana Stone"),
        "{page}"
    );
    let receipt = scene.jane.get(&format!("/purchases/{ticket}")).await.text;
    let back = "$25.00 went back to your card, and $20.00 to your credit.";
    assert!(receipt.contains(back), "{receipt}");
    let dashboard = scene.jane.get("/dashboard").await.text;
    assert!(dashboard.contains("Refunded"), "{dashboard}");
    let statement = scene.jane.get("/credits").await.text;
    assert!(statement.contains("was refunded"), "{statement}");
    let mia = app.signed_in("mia@example.com").await;
    let card = mia.get("/dashboard").await.text;
    assert!(card.contains("$10.00 taken back"), "{card}");
    let phone = app.phone_of("jane@example.com").await;
    let told = phone.get(&format!("/api/v1/purchases/{ticket}")).await;
    assert_eq!(told.json["status"], "paid");
    assert_eq!(told.json["status_text"], "Refunded");
    assert_eq!(told.json["refunded"]["cents"], 4500);
    let log = app.audit_rows().await;
    let of_dana = log.iter().filter(|row| row.actor == "Dana Stone");
    let refunds: Vec<_> = of_dana
        .filter(|row| {
            row.new_value
                .as_ref()
                .is_some_and(|new| new.contains(REASON))
        })
        .collect();
    assert!(!refunds.is_empty(), "{log:?}");
    app.assert_nothing_is_left().await;
}

async fn a_part_goes_back_to_the_card_first(app: TestApp) {
    let scene = scene(&app).await;
    let Scene { dana, ticket, .. } = &scene;
    refund(dana, *ticket, "1000", TOKEN).await;
    everything_is_done(&app).await;
    assert_eq!(back_at_stripe(&app), [1000]);
    assert_eq!(app.balance_of(&scene.referred.jane).await, 0);
    let orders = dana.get("/admin/orders").await.text;
    assert!(orders.contains("Partly refunded") && orders.contains("$10.00 refunded"));
    let page = dana.get(&format!("/admin/orders/{ticket}/refund")).await;
    assert!(page.text.contains("value=\"3500\""), "{}", page.text);
    let dashboard = scene.jane.get("/dashboard").await.text;
    assert!(dashboard.contains("Partly refunded"), "{dashboard}");
    let number = ticket.to_string();
    let more = form(&number, "3501", OTHER_TOKEN);
    let more = dana.refused("refund_order", &more).await;
    assert!(more.about("amount").is_some(), "{more:?}");
    refund(dana, *ticket, "3500", OTHER_TOKEN).await;
    everything_is_done(&app).await;
    assert_eq!(back_at_stripe(&app), [1000, 1500]);
    assert_eq!(app.balance_of(&scene.referred.jane).await, -2000);
    let page = dana.get(&format!("/admin/orders/{ticket}/refund")).await;
    assert!(!page.text.contains("name=\"amount\""), "{}", page.text);
    app.assert_nothing_is_left().await;
}

async fn a_double_click_refunds_once(app: TestApp) {
    let scene = scene(&app).await;
    let Scene { dana, ticket, .. } = &scene;
    let number = ticket.to_string();
    let sent = form(&number, "1000", TOKEN);
    tokio::join!(
        dana.fetch("refund_order", &sent),
        dana.fetch("refund_order", &sent)
    );
    refund(dana, *ticket, "1000", TOKEN).await;
    // Back, and another amount.
    let other = form(&number, "2000", TOKEN);
    let refusal = dana.refused("refund_order", &other).await;
    assert!(refusal.message.unwrap().contains("used before"));
    everything_is_done(&app).await;
    assert_eq!(back_at_stripe(&app), [1000]);
    app.assert_nothing_is_left().await;
}

async fn two_admins_at_once_refund_no_more_than_was_paid(app: TestApp) {
    let scene = scene(&app).await;
    let Scene { dana, ticket, .. } = &scene;
    let number = ticket.to_string();
    let (one, other) = (
        form(&number, "4500", TOKEN),
        form(&number, "4500", OTHER_TOKEN),
    );
    tokio::join!(
        dana.fetch("refund_order", &one),
        dana.fetch("refund_order", &other)
    );
    everything_is_done(&app).await;
    assert_eq!(back_at_stripe(&app).iter().sum::<i64>(), 2500);
    assert_eq!(app.balance_of(&scene.referred.jane).await, -2000);
    assert_eq!(app.balance_of(&scene.referred.mia).await, 0);
    app.assert_nothing_is_left().await;
}

async fn what_is_forged_refunds_nothing(app: TestApp) {
    let scene = scene(&app).await;
    let Scene { dana, ticket, .. } = &scene;
    let number = ticket.to_string();
    for amount in ["-5", "", "0", "1e9", "45.00", "4501", "1000000000"] {
        let refusal = refused(dana, &number, amount).await;
        assert!(refusal.about("amount").is_some(), "{amount}: {refusal:?}");
        assert_eq!(refusal.typed("reason"), REASON);
    }
    let mut sent = form(&number, "4500", "");
    let refusal = dana.refused("refund_order", &sent).await;
    assert!(refusal.message.unwrap().contains("incomplete"));
    sent[4].1 = TOKEN;
    sent[3].1 = " ";
    let refusal = dana.refused("refund_order", &sent).await;
    assert_eq!(refusal.about("reason"), Some("Say why."));
    for unknown in ["0", "99", "lots"] {
        let refusal = refused(dana, unknown, "100").await;
        assert!(refusal.message.unwrap().contains("no such order"));
        let page = dana.get(&format!("/admin/orders/{unknown}/refund")).await;
        assert_eq!(page.status, 404);
    }
    let sent = form(&number, "4501", TOKEN);
    let answer = dana.submit("refund_order", &sent).await;
    let path = format!("/admin/orders/{number}/refund");
    assert_eq!(answer.header("location"), path);
    let page = dana.get(&path).await.text;
    assert!(
        page.contains("value=\"4501\"") && page.contains(REASON),
        "{page}"
    );
    assert!(back_at_stripe(&app).is_empty());
    app.run_jobs().await;
}

async fn who_may_not_refund_is_refused(app: TestApp) {
    let scene = scene(&app).await;
    let number = scene.ticket.to_string();
    for (role, email) in [
        (TenantRole::Desk, "desk@example.com"),
        (TenantRole::Viewer, "viewer@example.com"),
    ] {
        app.staff(&app.detroit, Role::Tenant(role), email).await;
        let staff = app.signed_in(email).await;
        let page = staff.get(&format!("/admin/orders/{number}/refund")).await;
        assert_eq!(page.status, 403);
        let answer = staff
            .fetch("refund_order", &form(&number, "4500", TOKEN))
            .await;
        assert_eq!(answer.status, 403);
        let orders = staff.get("/admin/orders").await.text;
        assert!(!orders.contains("/refund"), "{orders}");
    }
    let mut platform = form(&number, "4500", TOKEN);
    platform[0].1 = "platform";
    let refusal = scene.dana.refused("refund_order", &platform).await;
    assert!(refusal.message.unwrap().contains("Your role may not"));
    assert!(back_at_stripe(&app).is_empty());
    app.run_jobs().await;
}

async fn it_needs_a_recent_password(app: TestApp) {
    let scene = scene(&app).await;
    app.advance(Duration::from_secs(61 * 60));
    let number = scene.ticket.to_string();
    let refusal = refused(&scene.dana, &number, "4500").await;
    let words = refusal.message.unwrap();
    assert!(words.contains("an hour since you typed"), "{words}");
    let path = format!("/admin/orders/{number}/refund");
    let page = scene.dana.get(&path).await.text;
    assert!(page.contains("since you entered your password"), "{page}");
    assert!(back_at_stripe(&app).is_empty());
    app.run_jobs().await;
}

async fn another_tenants_order_is_not_there(app: TestApp) {
    let scene = scene(&app).await;
    app.admin(&app.coaching, "chris@example.com").await;
    let chris = app.browser_at("coaching.localhost");
    chris.sign_in("chris@example.com").await;
    let number = scene.ticket.to_string();
    let page = chris.get(&format!("/admin/orders/{number}/refund")).await;
    assert_eq!(page.status, 404);
    let refusal = refused(&chris, &number, "4500").await;
    assert!(refusal.message.unwrap().contains("no such order"));
    assert!(back_at_stripe(&app).is_empty());
    app.run_jobs().await;
}

async fn a_counter_sale_is_undone_and_not_refunded(app: TestApp) {
    let referred = app.referred().await;
    let sale = app.sell(&referred).await;
    app.decide(sale).await;
    app.settle().await;
    let dana = app.detroit_admin().await;
    let number = sale.to_string();
    let orders = dana.get("/admin/orders").await.text;
    assert!(!orders.contains("/refund"), "{orders}");
    let page = dana.get(&format!("/admin/orders/{number}/refund")).await;
    assert_eq!(page.status, 200);
    assert!(!page.text.contains("name=\"amount\""), "{}", page.text);
    let refusal = refused(&dana, &number, "4500").await;
    assert!(refusal != Refusal::default(), "{refusal:?}");
    app.run_jobs().await;
}

async fn a_membership_asks_how_it_ends(app: TestApp) {
    app.referred().await;
    let kind = ProductKind::Membership;
    let membership = app.product(&app.detroit, kind, "range", 3900).await;
    let jane = app.signed_in("jane@example.com").await;
    let bought = buy(&app, &jane, membership.id.get(), false).await;
    app.run_jobs().await;
    let dana = app.detroit_admin().await;
    let number = bought.to_string();
    let page = dana
        .get(&format!("/admin/orders/{number}/refund"))
        .await
        .text;
    assert!(
        page.contains("Ends now") && page.contains("Goes on"),
        "{page}"
    );
    for ending in ["", "tomorrow"] {
        let sent = form(&number, "3900", TOKEN);
        let sent: Vec<_> = sent.into_iter().chain([("ending", ending)]).collect();
        let refusal = dana.refused("refund_order", &sent).await;
        assert!(refusal.about("ending").is_some(), "{ending}: {refusal:?}");
    }
    assert!(back_at_stripe(&app).is_empty());
    app.run_jobs().await;
}

async fn a_platform_order_has_its_page(app: TestApp) {
    let platform = app.platform().await;
    app.platform_admin(&app.detroit, "pat@example.com").await;
    let pat = app.signed_in("pat@example.com").await;
    let bought = subscription("cs_1", &platform.pewpros, "office@range.example", None);
    app.subscribe(&platform, bought).await;
    let id = app.platform_purchases().await[0].id;
    let path = format!("/admin/orders/{id}/refund");
    let orders = pat.get("/admin/orders").await.text;
    assert!(orders.contains(&format!("{path}?tab=platform")), "{orders}");
    let page = pat.get(&format!("{path}?tab=platform")).await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("PewPros Annual"), "{}", page.text);
    assert!(page.text.contains("$1,250.00"), "{}", page.text);
    assert_eq!(pat.get(&path).await.status, 404, "the site's are not Pat's");
    let dana = app.detroit_admin().await;
    let other = dana.get(&format!("{path}?tab=platform")).await;
    assert_eq!(other.status, 404);
    app.run_jobs().await;
}
