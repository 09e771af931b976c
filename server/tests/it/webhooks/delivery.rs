//! Which deliveries are accepted, and what a repeated one does.

use futures::future::join_all;

use crate::support::{TestApp, WEBHOOK_SECRET, event, on_both_databases, session, signature, v1};

const COMPLETED: &str = "checkout.session.completed";

on_both_databases!(
    what_is_not_signed_with_a_secret_of_the_account_changes_nothing,
    any_of_two_signatures_is_enough,
    one_event_twenty_times_at_once_counts_once,
    what_we_do_not_know_is_stored_and_taken,
);

async fn what_is_not_signed_with_a_secret_of_the_account_changes_nothing(app: TestApp) {
    let referred = app.referred().await;
    let others = app
        .connect_stripe(&app.coaching, "sk_test_coaching", "whsec_coaching")
        .await;
    let purchase = app.open_purchase(&referred, "cs_1").await;
    let now = app.state.clock.now().unix_timestamp();
    let body = event("evt_1", COMPLETED, session("cs_1", "paid"));
    let good = signature(WEBHOOK_SECRET, now, &body);
    let reserialised =
        serde_json::to_string_pretty(&serde_json::from_str::<serde_json::Value>(&body).unwrap())
            .unwrap();
    let path = referred.webhook.as_str();
    for (path, header, body, status) in [
        (path, None, body.clone(), 400),
        (path, Some(String::new()), body.clone(), 400),
        (path, Some("t=1,v1=00".to_owned()), body.clone(), 400),
        (
            path,
            Some(signature("whsec_coaching", now, &body)),
            body.clone(),
            400,
        ),
        (
            path,
            Some(signature(WEBHOOK_SECRET, now - 302, &body)),
            body.clone(),
            400,
        ),
        (path, Some(good.clone()), reserialised, 400),
        (others.as_str(), Some(good.clone()), body.clone(), 400),
        (
            "/webhooks/stripe/unknown",
            Some(good.clone()),
            body.clone(),
            404,
        ),
        (
            "/webhooks/stripe/%00",
            Some(good.clone()),
            body.clone(),
            404,
        ),
        (path, Some(good.clone()), "x".repeat(1 << 20), 413),
    ] {
        let got = app
            .post_webhook(path, header.as_deref(), body.clone())
            .await;
        assert_eq!(got, status, "{path} {header:?}");
    }
    assert_eq!(app.stored_events().await, 0);
    assert_eq!(app.purchase(purchase.id).await.state.code(), "open");
}

async fn any_of_two_signatures_is_enough(app: TestApp) {
    let referred = app.referred().await;
    app.open_purchase(&referred, "cs_1").await;
    let now = app.state.clock.now().unix_timestamp();
    let body = event("evt_1", COMPLETED, session("cs_1", "paid"));
    let header = format!(
        "t={now},v1={},v1={}",
        v1("whsec_old", now, &body),
        v1(WEBHOOK_SECRET, now, &body)
    );
    assert_eq!(
        app.post_webhook(&referred.webhook, Some(&header), body)
            .await,
        200
    );
    assert_eq!(app.stored_events().await, 1);
    app.run_jobs().await;
}

async fn one_event_twenty_times_at_once_counts_once(app: TestApp) {
    let referred = app.referred().await;
    let purchase = app.open_purchase(&referred, "cs_1").await;
    let mut news = app.state.live.watch();
    app.start_worker();
    let body = event("evt_1", COMPLETED, session("cs_1", "paid"));
    let answers = join_all((0..20).map(|_| app.deliver(&referred.webhook, &body))).await;
    assert!(answers.iter().all(|status| *status == 200), "{answers:?}");
    assert_eq!(app.next_notification(&mut news).await.0, referred.mia.id);
    assert_eq!(app.stored_as("evt_1").await, 1);
    assert_eq!(app.purchase(purchase.id).await.state.code(), "paid");
    app.assert_credited_once(&referred.mia).await;
}

async fn what_we_do_not_know_is_stored_and_taken(app: TestApp) {
    let referred = app.referred().await;
    for (stored, body) in [
        (
            1,
            event("evt_1", "customer.tax_id.created", session("cs_1", "paid")),
        ),
        (
            2,
            event("evt_2", COMPLETED, session("cs_of_somebody_else", "paid")),
        ),
        (3, event("evt_3", COMPLETED, serde_json::json!([]))),
        (4, "not JSON at all, but signed".to_owned()),
        (5, "{\"id\": 7, \"type\": null}".to_owned()),
    ] {
        assert_eq!(app.deliver(&referred.webhook, &body).await, 200, "{body}");
        assert_eq!(app.stored_events().await, stored);
    }
    assert!(app.credits().await.is_empty());
}
