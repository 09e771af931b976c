//! What a member bought, in the app: the list, one purchase with what was paid, and the way out of Stripe's page
//! (`docs/rules.md` 206).

use domain::purchase::ProductKind;
use serde_json::{Value, json};
use stripe_stand_in::{Fault, FaultKind, PaymentStatus};

use super::PURCHASES;
use crate::support::{Phone, STRIPE_KEY, TestApp, on_both_databases};

on_both_databases!(
    a_member_sees_what_was_bought,
    a_purchase_that_is_not_paid_can_be_canceled,
);

async fn a_member_sees_what_was_bought(app: TestApp) {
    let referred = app.referred().await;
    app.give_balance(&referred.jane, "cus_jane", 2000).await;
    let course = app
        .product(&app.detroit, ProductKind::Course, "sprint", 1500)
        .await;
    let jane = app.phone_of("jane@example.com").await;
    let covered = json!({ "product_id": course.id, "use_credit": true });
    let covered = jane.post(PURCHASES, &covered).await.json;
    let open = json!({ "product_id": referred.ticket.id });
    let open = jane.post(PURCHASES, &open).await.json;

    let list = jane.get(PURCHASES).await.json;
    let told: Vec<_> = list["data"].as_array().unwrap().iter().collect();
    assert_eq!(told.len(), 2, "{list}");
    assert_eq!(told[0]["id"], open["id"], "the newest first");
    assert_eq!(told[0]["status"], "open");
    assert_eq!(told[0]["checkout_url"], open["checkout_url"]);
    assert_eq!(told[0]["product_id"], referred.ticket.id.get());
    for unknown in ["paid", "paid_at", "credit_used"] {
        assert_eq!(told[0][unknown], Value::Null, "{unknown}");
    }
    assert_eq!(told[1]["id"], covered["id"]);
    assert_eq!(told[1]["status"], "paid");
    assert_eq!(told[1]["checkout_url"], Value::Null);
    assert_eq!(told[1]["credit_used"]["cents"], 1500);
    assert!(told[1]["paid_at"].is_string(), "{list}");
    let one = jane.get(&format!("{PURCHASES}/{}", open["id"])).await.json;
    assert_eq!(&one, told[0]);

    let sessions = app.stripe.objects(STRIPE_KEY, None)["sessions"].clone();
    app.pay(&sessions[0], PaymentStatus::Paid).await;
    let one = jane.get(&format!("{PURCHASES}/{}", open["id"])).await.json;
    assert_eq!(
        (&one["status"], &one["paid"]["cents"]),
        (&json!("paid"), &json!(4500))
    );
    assert_eq!(one["checkout_url"], Value::Null);

    let first = jane.get(&format!("{PURCHASES}?limit=1")).await.json;
    let cursor = first["next_cursor"].as_str().unwrap();
    let rest = jane
        .get(&format!("{PURCHASES}?limit=1&cursor={cursor}"))
        .await;
    assert_eq!(rest.json["data"][0]["id"], covered["id"]);
    assert_eq!(rest.json["next_cursor"], Value::Null);
    let mia = app.phone_of("mia@example.com").await;
    assert_eq!(mia.get(PURCHASES).await.json["data"], json!([]));
    app.leave_jobs();
}

async fn a_purchase_that_is_not_paid_can_be_canceled(app: TestApp) {
    let referred = app.referred().await;
    app.give_balance(&referred.jane, "cus_jane", 2000).await;
    let jane = app.phone_of("jane@example.com").await;
    cancel_while_credit_pays(&app, &jane).await;
    let bought = json!({ "product_id": referred.ticket.id, "use_credit": true });
    let begun = jane.post(PURCHASES, &bought).await.json;
    let path = format!("{PURCHASES}/{}", begun["id"]);
    assert!(jane.get(&path).await.json["expires_at"].is_string());
    let cancel = format!("{path}/cancel");
    let mia = app.phone_of("mia@example.com").await;
    mia.order(&cancel).await.assert_problem(404, "not-found");

    app.stripe.fault(
        Fault::next(FaultKind::DropBefore)
            .on("POST", "/v1/checkout/sessions/")
            .ending("/expire"),
    );
    let refused = jane.order(&cancel).await;
    refused.assert_problem(503, "stripe-unavailable");
    assert_eq!(jane.get(&path).await.json["status"], "open");
    for _ in 0..2 {
        let canceled = jane.order(&cancel).await;
        assert_eq!(canceled.status, 200, "{canceled:?}");
        assert_eq!(canceled.json["status"], "expired");
        assert_eq!(canceled.json["checkout_url"], Value::Null);
    }
    assert_eq!(
        app.balance_of(&referred.jane).await,
        -500,
        "the credit is back"
    );

    let again = jane
        .post(PURCHASES, &json!({ "product_id": referred.ticket.id }))
        .await
        .json;
    assert_ne!(again["id"], begun["id"]);
    let sessions = app.stripe.objects(STRIPE_KEY, None)["sessions"].clone();
    let mut sessions = sessions.as_array().unwrap().iter();
    let session = sessions.find(|one| one["url"] == again["checkout_url"]);
    app.pay(session.unwrap(), PaymentStatus::Paid).await;
    let cancel = format!("{PURCHASES}/{}/cancel", again["id"]);
    jane.order(&cancel)
        .await
        .assert_problem(409, "purchase-paid");
    app.leave_jobs();
}

/// Until Stripe says whether the credit of $15.00 paid, nobody promises that it did not.
async fn cancel_while_credit_pays(app: &TestApp, jane: &Phone) {
    let course = app
        .product(&app.detroit, ProductKind::Course, "sprint", 1500)
        .await;
    let debit = Fault::next(FaultKind::Hang).on("POST", "/v1/customers/cus_jane/");
    app.stripe.fault(debit);
    let covered = json!({ "product_id": course.id, "use_credit": true });
    let meanwhile = async {
        let path = "/v1/customers/cus_jane/balance_transactions";
        let asked = app.stripe.wait_until_received("POST", path, 1).await;
        asked.unwrap();
        let id = app.purchases().await[0].id;
        let cancel = format!("{PURCHASES}/{id}/cancel");
        let refused = jane.order(&cancel).await;
        refused.assert_problem(503, "stripe-unavailable");
        assert_eq!(refused.header("retry-after"), "60");
        app.stripe.release_hung();
        cancel
    };
    let (_, cancel) = tokio::join!(jane.post(PURCHASES, &covered), meanwhile);
    let paid = jane.order(&cancel).await;
    paid.assert_problem(409, "purchase-paid");
}
