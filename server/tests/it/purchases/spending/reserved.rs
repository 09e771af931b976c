//! What is reserved is told wherever the credit is, and can be released, whatever became of the product
//! (`docs/rules.md` 227).

use std::time::Duration;

use domain::{credit::Program, purchase::ProductKind};
use sea_orm::{ActiveModelTrait, IntoActiveModel, Set};
use stripe_stand_in::{Fault, FaultKind, PaymentStatus};

use super::{
    Scene, bought, buy, buy_by_form, credit_at_stripe, ledger, scene, session, sessions, ticket,
    trouble,
};
use crate::{
    stripe_accounts::disconnect,
    support::{Browser, STRIPE_KEY, TestApp, on_both_databases, stripe::listed},
};

on_both_databases!(
    reserved_credit_is_told_on_the_dashboard_on_other_products_and_in_the_app,
    the_receipt_leads_to_the_payment_or_cancels,
    what_a_withdrawn_product_holds_is_released,
    a_slow_payment_cannot_be_canceled_and_is_not_said_to_be,
    a_return_that_waits_for_a_key_is_said_to_be_on_its_way,
    a_page_that_loses_against_the_payment_keeps_the_credit,
    a_forged_price_below_zero_is_asked_about,
    a_total_that_stripe_calls_too_small_gives_the_credit_back_and_says_what_to_do,
    a_second_purchase_in_the_app_is_told_that_the_credit_is_in_use,
    a_renewal_while_a_page_holds_the_credit_does_not_touch_it,
    the_button_opens_stripes_page_only_where_there_is_one,
);

async fn release(browser: &Browser, product: &str, purchase: &str) -> String {
    let page = format!("/purchases/{purchase}");
    let form = [
        ("product_id", product),
        ("purchase_id", purchase),
        ("page", page.as_str()),
    ];
    browser.done("release_checkout", &form).await
}

async fn reserved_credit_is_told_on_the_dashboard_on_other_products_and_in_the_app(app: TestApp) {
    let Scene { referred, jane } = scene(&app).await;
    let other = ticket(&app, "other", 3000).await;
    let phone = app.phone_of("jane@example.com").await;
    let balance = async || phone.get("/api/v1/me").await.json["balance"].clone();
    let before = balance().await;
    assert_eq!(before["available"]["cents"], 2000);
    assert_eq!(before["reserved"]["cents"], 0);

    buy(&jane, &referred.ticket, 2500).await;
    let dashboard = jane.get("/dashboard").await.text;
    assert!(dashboard.contains("$20.00 reserved"), "{dashboard}");
    let why = "$20.00 is reserved for a purchase that is not paid yet.";
    assert!(dashboard.contains(why), "{dashboard}");
    let page = jane.get(&format!("/events/{}", other.slug)).await.text;
    assert!(page.contains(" of your credit is reserved."), "{page}");
    // Its own page says so beside the buttons, and not twice.
    let own = format!("/events/{}", referred.ticket.slug);
    let page = jane.get(&own).await.text;
    assert!(page.contains("$20.00 of your credit is reserved for it."));
    assert!(!page.contains(" of your credit is reserved. "), "{page}");
    let now = balance().await;
    assert_eq!(now["available"]["cents"], 0);
    assert_eq!(now["reserved"]["cents"], 2000);
    assert!(now["text"].as_str().unwrap().contains(why), "{now}");

    app.pay(&session(&app), PaymentStatus::Paid).await;
    app.run_jobs().await;
    assert_eq!(balance().await["reserved"]["cents"], 0);
    let dashboard = jane.get("/dashboard").await.text;
    assert!(!dashboard.contains("$20.00 reserved"), "{dashboard}");
}

async fn the_receipt_leads_to_the_payment_or_cancels(app: TestApp) {
    let Scene { referred, jane } = scene(&app).await;
    let url = buy(&jane, &referred.ticket, 2500).await;
    let id = bought(&app).await.id.to_string();
    let page = jane.get(&format!("/purchases/{id}")).await.text;
    for part in [
        url.as_str(),
        "Continue to payment",
        "Cancel this purchase",
        "$20.00 of your credit is reserved for it.",
    ] {
        assert!(page.contains(part), "{part} in {page}");
    }
    let credits = jane.get("/credits").await.text;
    let sentence = "Open the purchase below to pay or to cancel.";
    assert!(credits.contains(sentence), "{credits}");
    assert!(credits.contains(&format!("/purchases/{id}")), "{credits}");

    // Nobody else releases it.
    let mia = app.signed_in("mia@example.com").await;
    let product = referred.ticket.id.to_string();
    let form = [
        ("product_id", product.as_str()),
        ("purchase_id", id.as_str()),
        ("page", "/"),
    ];
    mia.go("release_checkout", &form).await;
    assert_eq!(credit_at_stripe(&app), 0);

    let closed = release(&jane, &product, &id).await;
    assert_eq!(closed, "The payment page is closed. Nothing was charged.");
    assert_eq!(credit_at_stripe(&app), 2000);
    let page = jane.get(&format!("/purchases/{id}")).await.text;
    assert!(!page.contains("Continue to payment"), "{page}");
    app.run_jobs().await;
    app.assert_nothing_is_left().await;
}

async fn what_a_withdrawn_product_holds_is_released(app: TestApp) {
    let Scene { referred, jane } = scene(&app).await;
    let other = ticket(&app, "other", 3000).await;
    for by_receipt in [true, false] {
        let product = if by_receipt { &referred.ticket } else { &other };
        buy_by_form(&jane, product, product.price_cents - 2000, "form").await;
        assert_eq!(credit_at_stripe(&app), 0);
        let mut withdrawn = product.clone().into_active_model();
        withdrawn.withdrawn_at = Set(Some(app.state.now()));
        withdrawn.update(app.state.db.writer()).await.unwrap();
        let path = format!("/events/{}", product.slug);
        assert_eq!(jane.get(&path).await.status, 404);
        let purchase = app.purchases().await.pop().unwrap();
        let (product, purchase) = (product.id.to_string(), purchase.id.to_string());
        let receipt = jane.get(&format!("/purchases/{purchase}")).await.text;
        assert!(receipt.contains("Cancel this purchase"), "{receipt}");
        assert!(!receipt.contains("Back to the product"), "{receipt}");
        if by_receipt {
            release(&jane, &product, &purchase).await;
        } else {
            let form = [("product_id", product.as_str()), ("page", "/")];
            jane.done("release_checkout", &form).await;
        }
        assert_eq!(credit_at_stripe(&app), 2000, "{path}");
    }
    app.run_jobs().await;
    app.assert_nothing_is_left().await;
}

async fn a_slow_payment_cannot_be_canceled_and_is_not_said_to_be(app: TestApp) {
    let Scene { referred, jane } = scene(&app).await;
    buy(&jane, &referred.ticket, 2500).await;
    app.pay(&session(&app), PaymentStatus::Unpaid).await;
    app.run_jobs().await;
    let credits = jane.get("/credits").await.text;
    let told = "$20.00 is reserved for a purchase whose payment is still processing.";
    assert!(credits.contains(told), "{credits}");
    assert!(!credits.contains("to cancel"), "{credits}");
    let receipt = format!("/purchases/{}", bought(&app).await.id);
    let receipt = jane.get(&receipt).await.text;
    assert!(!receipt.contains("Cancel this purchase"), "{receipt}");
}

async fn a_return_that_waits_for_a_key_is_said_to_be_on_its_way(app: TestApp) {
    let Scene { referred, jane } = scene(&app).await;
    buy(&jane, &referred.ticket, 2500).await;
    let id = session(&app)["id"].as_str().unwrap().to_owned();
    app.stripe.expire_key(STRIPE_KEY);
    app.stripe.expire(&id).unwrap();
    app.delivered().await;
    disconnect(&app, Program::Tenant).await;
    app.sweep_after(Duration::from_secs(60)).await;
    assert_eq!(ledger(&app.credits().await)[1], ("returned", "due", -2000));
    let credits = jane.get("/credits").await.text;
    let told = "$20.00 is on its way back to your credit.";
    assert!(credits.contains(told), "{credits}");
    assert!(!credits.contains("to cancel"), "{credits}");
    app.leave_jobs();
}

async fn a_page_that_loses_against_the_payment_keeps_the_credit(app: TestApp) {
    let Scene { referred, jane } = scene(&app).await;
    app.stripe.hold_deliveries(STRIPE_KEY);
    buy(&jane, &referred.ticket, 2500).await;
    let open = session(&app);
    let id = open["id"].as_str().unwrap();
    app.stripe.complete(id, PaymentStatus::Paid, None).unwrap();
    let purchase = bought(&app).await.id.to_string();
    let product = referred.ticket.id.to_string();
    let form = [
        ("product_id", product.as_str()),
        ("purchase_id", purchase.as_str()),
        ("page", "/"),
    ];
    let to = jane.go("release_checkout", &form).await;
    assert_eq!(to, format!("/purchases/{purchase}"));
    let paid = bought(&app).await;
    assert_eq!(
        (paid.state.code(), paid.credit_used_cents),
        ("paid", Some(2000))
    );
    app.run_jobs().await;
    assert_eq!(credit_at_stripe(&app), 0, "spent, and not returned");
    assert_eq!(ledger(&app.credits().await)[0], ("spent", "issued", 2000));
    // Once more, now that it is known to be paid.
    assert_eq!(jane.go("release_checkout", &form).await, to);
    assert_eq!(credit_at_stripe(&app), 0);
}

async fn a_forged_price_below_zero_is_asked_about(app: TestApp) {
    let Scene { referred, jane } = scene(&app).await;
    for forged in [-1, i64::MIN] {
        let to = buy(&jane, &referred.ticket, forged).await;
        assert!(to.ends_with("?credit=changed"), "{to}");
    }
    assert!(sessions(&app).is_empty() && app.credits().await.is_empty());
    assert_eq!(credit_at_stripe(&app), 2000);
}

async fn a_total_that_stripe_calls_too_small_gives_the_credit_back_and_says_what_to_do(
    app: TestApp,
) {
    let Scene { jane, .. } = scene(&app).await;
    let awkward = ticket(&app, "awkward", 2050).await;
    let too_small = || Fault::next(FaultKind::AmountTooSmall).on("POST", "/v1/checkout/sessions");
    app.stripe.fault(too_small());
    let id = awkward.id.to_string();
    let form = [
        ("product_id", id.as_str()),
        ("page", "/events/awkward"),
        ("use_credit", "1"),
        ("to_pay", "50"),
    ];
    let refusal = jane.refused("buy", &form).await.message.unwrap();
    assert!(
        refusal.ends_with("Buy it without your credit."),
        "{refusal}"
    );
    app.run_jobs().await;
    assert_eq!(credit_at_stripe(&app), 2000);

    let phone = app.phone_of("jane@example.com").await;
    let order = serde_json::json!({ "product_id": awkward.id, "use_credit": true });
    app.stripe.fault(too_small());
    let told = phone.post("/api/v1/purchases", &order).await;
    told.assert_problem(409, "payment-not-accepted");
    assert_eq!(told.text("detail"), refusal);
    app.run_jobs().await;
    assert_eq!(credit_at_stripe(&app), 2000);
    // Without the credit it is sold.
    let order = serde_json::json!({ "product_id": awkward.id });
    assert_eq!(phone.post("/api/v1/purchases", &order).await.status, 201);
    app.run_jobs().await;
}

async fn a_second_purchase_in_the_app_is_told_that_the_credit_is_in_use(app: TestApp) {
    let Scene { referred, jane } = scene(&app).await;
    let other = ticket(&app, "other", 3000).await;
    let phone = app.phone_of("jane@example.com").await;
    let debit = Fault::next(FaultKind::Hang).on("POST", "/v1/customers/cus_jane/");
    app.stripe.fault(debit);
    let buying = buy(&jane, &referred.ticket, 2500);
    let meanwhile = async {
        let path = "/v1/customers/cus_jane/balance_transactions";
        let asked = app.stripe.wait_until_received("POST", path, 1).await;
        asked.unwrap();
        let order = serde_json::json!({ "product_id": other.id, "use_credit": true });
        let told = phone.post("/api/v1/purchases", &order).await;
        app.stripe.release_hung();
        told
    };
    let (_, told) = tokio::join!(buying, meanwhile);
    told.assert_problem(409, "credit-in-use");
    assert_eq!(told.header("retry-after"), "60");
    assert!(
        told.text("detail").contains("without `use_credit`"),
        "{told:?}"
    );
    assert_eq!(sessions(&app).len(), 1, "the first goes on");
}

async fn a_renewal_while_a_page_holds_the_credit_does_not_touch_it(app: TestApp) {
    let Scene { referred, jane } = scene(&app).await;
    let kind = ProductKind::Membership;
    let membership = app.product(&app.detroit, kind, "member", 3900).await;
    let id = membership.id.to_string();
    let form = [("product_id", id.as_str()), ("page", "/memberships/member")];
    jane.go("buy", &form).await;
    app.pay(&session(&app), PaymentStatus::Paid).await;
    app.run_jobs().await;
    assert_eq!(credit_at_stripe(&app), 0, "$19.00 were paid");
    // Somebody gives Jane $15.00 by hand, and the month is nearly over.
    trouble::invoice(&app, -1500).await;
    let subscription = app.stripe.objects(STRIPE_KEY, None)["subscriptions"][0].clone();
    let end = &subscription["items"]["data"][0]["current_period_end"];
    let left = end.as_i64().unwrap() - app.stripe.now();
    app.advance(Duration::from_secs(u64::try_from(left).unwrap() - 600));
    jane.sign_in("jane@example.com").await;
    buy_by_form(&jane, &referred.ticket, 3000, "form2").await;
    assert_eq!(credit_at_stripe(&app), 0, "reserved");
    app.advance(Duration::from_secs(1200));
    app.delivered().await;
    app.run_jobs().await;
    let invoices = app.stripe.objects(STRIPE_KEY, None)["invoices"].clone();
    let paid: Vec<_> = listed(&invoices)
        .iter()
        .map(|one| one["amount_paid"].clone())
        .collect();
    assert_eq!(
        paid,
        [1900, 3900],
        "the renewal found nothing on the balance"
    );
    assert_eq!(credit_at_stripe(&app), 0, "and no debt");

    let purchase = app.purchases().await.pop().unwrap().id.to_string();
    release(&jane, &referred.ticket.id.to_string(), &purchase).await;
    assert_eq!(credit_at_stripe(&app), 1500);
    app.run_jobs().await;
}

async fn the_button_opens_stripes_page_only_where_there_is_one(app: TestApp) {
    let Scene { referred, jane } = scene(&app).await;
    let covered = ticket(&app, "covered", 1500).await;
    let free = ticket(&app, "free", 0).await;
    for (product, opens) in [(&referred.ticket, true), (&covered, false), (&free, false)] {
        let page = jane.get(&format!("/events/{}", product.slug)).await.text;
        assert_eq!(page.contains("One moment…"), !opens, "{page}");
        assert_eq!(page.contains("Opening the payment page"), opens, "{page}");
    }
}
