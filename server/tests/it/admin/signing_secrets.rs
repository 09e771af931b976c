//! Taking one of several signing secrets out of force (`docs/rules.md` 234).

use app::types::admin::{PaymentSettings, StripeConnection};

use crate::support::{Browser, TestApp, event, on_both_databases, session, signature};

on_both_databases!(
    one_of_several_is_removed,
    it_is_done_without_javascript_too,
    the_last_one_stays,
    the_second_of_two_admins_removes_none,
    nobody_else_removes_one,
);

const REMOVE: &str = "remove_signing_secret";
const KEY: &str = "sk_test_detroit1234";
/// As long as Stripe's, so that their ends are shown.
const OLD: &str = "whsec_0123456789abcdefghijklmn3kQ9";
const NEW: &str = "whsec_0123456789abcdefghijklmn77ab";

async fn shown(browser: &Browser) -> StripeConnection {
    let page = browser.fetch("payment_settings", &[]).await;
    let settings: PaymentSettings = serde_json::from_str(&page.text).unwrap();
    settings.tenant.unwrap().stripe.unwrap()
}

async fn version(browser: &Browser) -> String {
    shown(browser).await.version.to_string()
}

/// Dana, whose site has both secrets in force.
async fn connected(app: &TestApp) -> Browser {
    let dana = app.detroit_admin().await;
    let first = [("secret_key", KEY), ("webhook_secrets", OLD)];
    dana.done("connect_stripe", &first).await;
    let seen = version(&dana).await;
    let second = [("webhook_secrets", NEW), ("version", seen.as_str())];
    dana.done("connect_stripe", &second).await;
    dana
}

/// Whether the event with this id is accepted if this secret signs it.
async fn accepts(app: &TestApp, dana: &Browser, secret: &str, id: &str) -> bool {
    let url = shown(dana).await.webhook_url;
    let path = url.strip_prefix(&dana.origin).expect("an address here");
    let body = event(id, "some.event", session("cs_1", "paid"));
    let now = app.state.clock.now().unix_timestamp();
    let header = signature(secret, now, &body);
    app.post_webhook(path, Some(&header), body).await == 200
}

async fn one_of_several_is_removed(app: TestApp) {
    let dana = connected(&app).await;
    let both = ["1 of 2, ending in 77ab", "2 of 2, ending in 3kQ9"];
    assert_eq!(shown(&dana).await.secrets, both);
    assert!(accepts(&app, &dana, OLD, "evt_1").await);

    let seen = version(&dana).await;
    let oldest = [("place", "1"), ("version", seen.as_str())];
    let said = dana.done(REMOVE, &oldest).await;
    assert_eq!(said, "The signing secret was removed.");
    assert_eq!(shown(&dana).await.secrets, ["1 of 1, ending in 77ab"]);
    assert!(!accepts(&app, &dana, OLD, "evt_2").await);
    assert!(accepts(&app, &dana, NEW, "evt_3").await);

    let told = app.audit_rows().await.pop().unwrap();
    let change = (told.old_value.as_deref(), told.new_value.as_deref());
    assert_eq!(
        (told.field.as_str(), change),
        (
            "Webhook secrets",
            (
                Some("2, ending in 77ab and 3kQ9"),
                Some("1, ending in 77ab")
            )
        )
    );
}

async fn it_is_done_without_javascript_too(app: TestApp) {
    let dana = connected(&app).await;
    let page = dana.get("/admin/settings").await.text;
    assert!(page.contains("/rpc/remove_signing_secret"), "{page}");
    assert!(page.contains("2 of 2, ending in 3kQ9"), "{page}");
    let seen = version(&dana).await;
    let fields = [("program", "tenant"), ("version", seen.as_str())];
    dana.submit(REMOVE, &fields).await;
    let page = dana.get("/admin/settings").await.text;
    assert!(page.contains("Choose the signing secret to remove."));
    let newest = [fields[0], fields[1], ("place", "0")];
    dana.submit(REMOVE, &newest).await;
    let page = dana.get("/admin/settings").await.text;
    assert!(page.contains("The signing secret was removed."), "{page}");
    assert!(page.contains("1 of 1, ending in 3kQ9"), "{page}");
}

async fn the_last_one_stays(app: TestApp) {
    let dana = connected(&app).await;
    let seen = version(&dana).await;
    for nowhere in ["", "2", "-1", "x"] {
        let fields = [("place", nowhere), ("version", seen.as_str())];
        let refusal = dana.refused(REMOVE, &fields).await;
        let said = refusal.message.unwrap();
        assert_eq!(said, "Choose the signing secret to remove.", "{nowhere}");
    }
    let newest = [("place", "0"), ("version", seen.as_str())];
    dana.done(REMOVE, &newest).await;
    let seen = version(&dana).await;
    let last = [("place", "0"), ("version", seen.as_str())];
    let said = dana.refused(REMOVE, &last).await.message.unwrap();
    assert!(said.contains("Without one, no event"), "{said}");
    assert_eq!(shown(&dana).await.secrets, ["1 of 1, ending in 3kQ9"]);
    assert!(accepts(&app, &dana, OLD, "evt_1").await);

    dana.done("disconnect_stripe", &[("version", seen.as_str())])
        .await;
    let said = dana.refused(REMOVE, &[]).await.message.unwrap();
    assert_eq!(said, "Stripe is not connected.");
}

async fn the_second_of_two_admins_removes_none(app: TestApp) {
    let dana = connected(&app).await;
    let seen = version(&dana).await;
    let third = [
        ("webhook_secrets", "whsec_0123456789abcdefghijklmnZZZZ"),
        ("version", seen.as_str()),
    ];
    dana.done("connect_stripe", &third).await;
    for stale in [seen.as_str(), "", "x"] {
        let fields = [("place", "0"), ("version", stale)];
        let refusal = dana.refused(REMOVE, &fields).await;
        let said = refusal.message.as_deref().unwrap();
        assert!(
            said.starts_with("Dana Stone changed the connection at "),
            "{said}"
        );
        // The same place may have another secret now.
        assert_eq!(refusal.typed("version"), "");
    }
    assert_eq!(shown(&dana).await.secrets.len(), 3);
}

async fn nobody_else_removes_one(app: TestApp) {
    let dana = connected(&app).await;
    app.member(&app.detroit, "Mia", "mia@example.com").await;
    app.platform_admin(&app.detroit, "pat@example.com").await;
    let seen = version(&dana).await;
    let newest = [("place", "0"), ("version", seen.as_str())];
    let mia = app.signed_in("mia@example.com").await;
    assert_eq!(mia.fetch(REMOVE, &newest).await.status, 403);
    let pat = app.signed_in("pat@example.com").await;
    assert!(pat.refused(REMOVE, &newest).await.message.is_some());
    assert_eq!(shown(&dana).await.secrets.len(), 2);
}
