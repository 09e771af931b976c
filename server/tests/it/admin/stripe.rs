//! Connecting Stripe: which keys are accepted, what "Test connection" finds, and that no secret is
//! ever shown again.

use std::time::Duration;

use app::types::admin::{PaymentSettings, StripeConnection};
use services::operator::{StripeKeys, connect_stripe};
use store::{platform_settings, sites, stripe_accounts};
use stripe_stand_in::Endpoint;

use crate::support::{Browser, TestApp, event, on_both_databases, session};

on_both_databases!(
    an_admin_connects_rotates_and_disconnects,
    the_platforms_account_is_the_platforms,
    keys_of_the_wrong_kind_are_refused_beside_the_field,
    nobody_else_touches_the_connection,
    the_second_of_two_admins_is_told,
    a_test_says_what_it_found,
    no_secret_comes_back,
);

const KEY: &str = "sk_test_detroit1234";
const OTHER_KEY: &str = "sk_test_detroit5678";
const SECRET: &str = "whsec_detroitdetroit";

const CONNECT: [(&str, &str); 4] = [
    ("program", "tenant"),
    ("secret_key", KEY),
    ("webhook_secrets", SECRET),
    ("version", ""),
];

async fn shown(browser: &Browser) -> PaymentSettings {
    let page = browser.fetch("payment_settings", &[]).await;
    serde_json::from_str(&page.text).unwrap()
}

/// What is shown under this name.
fn fact<'a>(stripe: &'a StripeConnection, name: &str) -> &'a str {
    let mut facts = stripe.facts.iter();
    let fact = facts.find(|(known, _)| known == name);
    &fact.expect(name).1
}

async fn version(browser: &Browser) -> String {
    let shown = shown(browser).await.tenant.unwrap().stripe;
    shown.map_or_else(String::new, |stripe| stripe.version.to_string())
}

async fn opened(app: &TestApp) -> stripe_accounts::StripeAccount {
    let (db, sealer) = (app.state.db.reader(), &app.state.sealer);
    let site = sites::by_id(db, app.detroit.id()).await.unwrap().unwrap();
    let id = site.row.stripe_account_id.expect("connected");
    let account = stripe_accounts::by_id(db, sealer, id).await.unwrap();
    account.expect("an account")
}

async fn an_admin_connects_rotates_and_disconnects(app: TestApp) {
    let dana = app.detroit_admin().await;
    let said = dana.done("connect_stripe", &CONNECT).await;
    let stripe = shown(&dana).await.tenant.unwrap().stripe.unwrap();
    assert!(said.contains(&stripe.webhook_url), "{said}");
    assert!(stripe.webhook_url.starts_with(&dana.origin));
    assert_eq!((stripe.last4.as_str(), stripe.live), ("1234", false));
    assert_eq!((stripe.badge.as_str(), &stripe.wrong), ("Connected", &None));
    let secrets = "Active webhook signing secrets";
    assert_eq!(fact(&stripe, secrets), "1");
    assert_eq!(fact(&stripe, "Last event from Stripe"), "None yet");

    app.stripe.add_key(KEY, OTHER_KEY);
    let seen = version(&dana).await;
    let rotated = [
        ("secret_key", OTHER_KEY),
        ("same_account", "on"),
        ("version", &seen),
    ];
    dana.done("connect_stripe", &rotated).await;
    let after = shown(&dana).await.tenant.unwrap().stripe.unwrap();
    assert_eq!(after.webhook_url, stripe.webhook_url);
    assert_eq!(after.last4.as_str(), "5678");
    assert_eq!(fact(&after, secrets), "1");

    let seen = version(&dana).await;
    let added = [
        ("webhook_secrets", "whsec_anotheranother"),
        ("version", &seen),
    ];
    dana.done("connect_stripe", &added).await;
    let account = opened(&app).await;
    assert_eq!(account.secret_key, OTHER_KEY);
    assert_eq!(account.webhook_secrets, ["whsec_anotheranother", SECRET]);
    let seen = version(&dana).await;
    let replaced = [
        ("webhook_secrets", "whsec_thethirdone"),
        ("replace_secrets", "on"),
        ("version", &seen),
    ];
    dana.done("connect_stripe", &replaced).await;
    assert_eq!(opened(&app).await.webhook_secrets, ["whsec_thethirdone"]);
    let seen = version(&dana).await;
    let empty = [("version", seen.as_str())];
    let said = dana.done("connect_stripe", &empty).await;
    assert_eq!(said, "Nothing was changed: the fields were empty.");
    assert_eq!(version(&dana).await, seen);

    let seen = version(&dana).await;
    dana.done("disconnect_stripe", &[("version", &seen)]).await;
    assert_eq!(shown(&dana).await.tenant.unwrap().stripe, None);
    let traces: Vec<_> = app.audit_rows().await;
    let traces: Vec<_> = traces
        .iter()
        .map(|row| {
            let told = (row.old_value.as_deref(), row.new_value.as_deref());
            (row.subject.as_str(), row.field.as_str(), told)
        })
        .collect();
    let (first, second) = (Some("…1234 (test)"), Some("…5678 (test)"));
    assert_eq!(
        traces,
        [
            ("Stripe", "Secret key", (None, first)),
            ("Stripe", "Webhook secrets", (None, Some("1"))),
            ("Stripe", "Secret key", (first, second)),
            ("Stripe", "Webhook secrets", (Some("1"), Some("2"))),
            ("Stripe", "Webhook secrets", (Some("2"), Some("1"))),
            ("Stripe", "Secret key", (second, None)),
            ("Stripe", "Webhook secrets", (Some("1"), None)),
        ]
    );
}

async fn the_platforms_account_is_the_platforms(app: TestApp) {
    app.platform_admin(&app.detroit, "pat@example.com").await;
    let pat = app.signed_in("pat@example.com").await;
    let connect = [("program", "platform"), ("secret_key", "sk_test_platform")];
    pat.done("connect_stripe", &connect).await;
    let settings = platform_settings::get(app.state.db.reader()).await.unwrap();
    assert!(settings.stripe_account_id.is_some());
    let site = sites::by_id(app.state.db.reader(), app.detroit.id()).await;
    assert_eq!(site.unwrap().unwrap().row.stripe_account_id, None);
    let shown = shown(&pat).await;
    assert_eq!(shown.tenant, None);
    let stripe = shown.platform.unwrap().stripe.unwrap();
    assert_eq!(stripe.last4, "form");
    assert!(
        app.audit_rows()
            .await
            .iter()
            .all(|row| row.site_id.is_none())
    );
}

async fn keys_of_the_wrong_kind_are_refused_beside_the_field(app: TestApp) {
    let dana = app.detroit_admin().await;
    let long = format!("sk_test_{}", "x".repeat(10_240));
    for (key, complaint) in [
        (
            "pk_test_1234",
            "This is the publishable key. Enter the secret key, sk_test_… or sk_live_…",
        ),
        (
            "sk_live_1234",
            "Payments are simulated here: use a test key.",
        ),
        ("sk_test_12 34", "Enter the key without spaces."),
        (&long, "A key has at most 255 characters."),
        ("", "Enter the secret key, sk_test_… or sk_live_…."),
    ] {
        let fields = [("secret_key", key)];
        let refusal = dana.refused("connect_stripe", &fields).await;
        assert_eq!(refusal.about("secret_key"), Some(complaint));
        assert_eq!(refusal.typed("secret_key"), "");
    }
    for wrong in [("webhook_secrets", "whsec_"), ("same_account", "on")] {
        let fields = [("secret_key", KEY), wrong];
        let refusal = dana.refused("connect_stripe", &fields).await;
        assert!(refusal.about(wrong.0).is_some(), "{wrong:?}");
    }
    assert!(app.audit_rows().await.is_empty());
}

/// Where money is real, the key says whether it is.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_says_its_mode() {
    let app = TestApp::configured(|config| config.simulated_payments = false).await;
    let dana = app.detroit_admin().await;
    let fields = [("secret_key", "sk_live_1234")];
    dana.done("connect_stripe", &fields).await;
    let stripe = shown(&dana).await.tenant.unwrap().stripe.unwrap();
    assert!(stripe.live);
    let page = dana.get("/admin/settings?tab=payments").await.text;
    assert!(page.contains("Live: cards are charged."), "{page}");
    let seen = version(&dana).await;
    let mixed = [
        ("secret_key", KEY),
        ("same_account", "on"),
        ("version", &seen),
    ];
    let refusal = dana.refused("connect_stripe", &mixed).await;
    assert!(refusal.about("same_account").is_some());
    // Without that claim it is another account, and no field is in the way.
    let test = [("secret_key", KEY), ("version", seen.as_str())];
    dana.done("connect_stripe", &test).await;
    let stripe = shown(&dana).await.tenant.unwrap().stripe.unwrap();
    assert!(!stripe.live);
}

async fn nobody_else_touches_the_connection(app: TestApp) {
    app.member(&app.detroit, "Mia", "mia@example.com").await;
    app.platform_admin(&app.detroit, "pat@example.com").await;
    let dana = app.detroit_admin().await;
    dana.done("connect_stripe", &CONNECT).await;
    let mia = app.signed_in("mia@example.com").await;
    let pat = app.signed_in("pat@example.com").await;
    for function in ["connect_stripe", "test_stripe", "disconnect_stripe"] {
        assert_eq!(mia.fetch(function, &CONNECT).await.status, 403);
        for program in ["tenant", "", "nonsense"] {
            let refusal = pat.refused(function, &[("program", program)]).await;
            assert!(refusal.message.is_some());
        }
        let platform = [("program", "platform"), ("secret_key", KEY)];
        assert!(dana.refused(function, &platform).await.message.is_some());
    }
    assert_eq!(opened(&app).await.secret_key, KEY);
}

async fn the_second_of_two_admins_is_told(app: TestApp) {
    let dana = app.detroit_admin().await;
    dana.done("connect_stripe", &CONNECT).await;
    let other = [("secret_key", OTHER_KEY), ("version", "")];
    let refusal = dana.refused("connect_stripe", &other).await;
    let message = refusal.message.clone().unwrap();
    assert!(
        message.starts_with("Dana Stone changed the connection at ")
            && message.ends_with(
                " UTC, while you were here. The test key ending in 1234 is connected now. To replace it, \
                 enter your keys and save again."
            ),
        "{message}"
    );
    // Without JavaScript, too, the page shows what is connected now; the key that was typed is not on it.
    dana.submit("connect_stripe", &other).await;
    let page = dana.get("/admin/settings?tab=payments").await.text;
    assert!(page.contains("changed the connection at"), "{page}");
    assert!(page.contains("Ending in 1234"), "{page}");
    assert!(!page.contains(OTHER_KEY), "{page}");
    assert_eq!(refusal.typed("version"), version(&dana).await);
    for stale in ["", "7", "x"] {
        let refusal = dana
            .refused("disconnect_stripe", &[("version", stale)])
            .await;
        assert_eq!(refusal.typed("version"), version(&dana).await);
    }
    // Another account took its place: that account's version differs, however few changes it has
    // had.
    let seen = version(&dana).await;
    dana.done("disconnect_stripe", &[("version", &seen)]).await;
    // Whoever is second has what they wanted, and hears who was first.
    let said = dana.done("disconnect_stripe", &[("version", &seen)]).await;
    assert!(
        said.starts_with("Dana Stone changed the connection at "),
        "{said}"
    );
    assert!(said.ends_with(" Stripe is disconnected."), "{said}");
    app.advance(Duration::from_secs(1));
    dana.done("connect_stripe", &CONNECT).await;
    dana.refused("disconnect_stripe", &[("version", &seen)])
        .await;
    assert_eq!(opened(&app).await.secret_key, KEY);
}

async fn a_test_says_what_it_found(app: TestApp) {
    let dana = app.detroit_admin().await;
    let nothing = dana.refused("test_stripe", &[]).await;
    assert_eq!(nothing.message.as_deref(), Some("Stripe is not connected."));
    let bare = StripeKeys {
        secret_key: KEY,
        ..StripeKeys::default()
    };
    let connected = connect_stripe(&app.state, "detroit-arms", &bare).await;
    assert_eq!(connected.unwrap().webhook_secrets, 0);
    let said = dana.done("test_stripe", &[]).await;
    assert!(
        said.starts_with(
            "Stripe answered. The test key ending in 1234 works. No signing secret is saved"
        ),
        "{said}"
    );
    let seen = version(&dana).await;
    let secrets = [("webhook_secrets", SECRET), ("version", &seen)];
    dana.done("connect_stripe", &secrets).await;
    let said = dana.done("test_stripe", &[]).await;
    assert!(said.contains("No event has arrived yet"), "{said}");

    let path = format!("/webhooks/stripe/{}", opened(&app).await.public_id);
    let body = event("evt_1", "some.event", session("cs_1", "paid"));
    let now = app.state.clock.now().unix_timestamp();
    let header = crate::support::signature(SECRET, now, &body);
    assert_eq!(app.post_webhook(&path, Some(&header), body).await, 200);
    let said = dana.done("test_stripe", &[]).await;
    assert!(said.contains("The last event arrived on "), "{said}");
    let stripe = shown(&dana).await.tenant.unwrap().stripe.unwrap();
    assert!(fact(&stripe, "Last event from Stripe").ends_with(" UTC"));

    let seen = version(&dana).await;
    let wrong = [("secret_key", "sk_test_invalid9876"), ("version", &seen)];
    let refusal = dana.refused("connect_stripe", &wrong).await;
    let said = refusal.about("secret_key").unwrap();
    assert!(said.starts_with("Stripe does not know this key"), "{said}");
    app.stripe.expire_key(KEY);
    let refusal = dana.refused("test_stripe", &[]).await;
    let said = refusal.message.unwrap();
    assert!(
        said.contains("does not know this key") && said.contains("1234"),
        "{said}"
    );
    let stripe = shown(&dana).await.tenant.unwrap().stripe.unwrap();
    assert_eq!(stripe.badge, "Needs attention");
    assert!(stripe.wrong.unwrap().contains("rejects the secret key"));
}

async fn no_secret_comes_back(app: TestApp) {
    app.stripe
        .register_endpoint(Endpoint::new(KEY, "http://127.0.0.1:9/", SECRET));
    let dana = app.detroit_admin().await;
    let secrets = [
        KEY,
        OTHER_KEY,
        SECRET,
        "sk_test_invalid9876",
        "sk_live_9876",
    ];
    let mut answers = Vec::new();
    for key in [KEY, "sk_live_9876", "pk_test_9876", "sk_test_invalid9876"] {
        let seen = version(&dana).await;
        let fields = [
            ("secret_key", key),
            ("webhook_secrets", SECRET),
            ("version", &seen),
        ];
        answers.push(dana.fetch("connect_stripe", &fields).await.text);
        answers.push(dana.submit("connect_stripe", &fields).await.text);
        answers.push(dana.fetch("test_stripe", &[]).await.text);
        answers.push(dana.fetch("payment_settings", &[]).await.text);
        answers.push(dana.get("/admin/settings?tab=payments").await.text);
        answers.push(dana.get("/admin/settings?tab=audit").await.text);
    }
    let rows = app.audit_rows().await;
    answers.extend(rows.iter().map(|row| format!("{row:?}")));
    for secret in secrets {
        assert!(
            answers.iter().all(|answer| !answer.contains(secret)),
            "{secret}"
        );
    }
    assert!(answers.iter().any(|answer| answer.contains("1234")));
}
