//! An unusual amount for one referral is saved once it is confirmed (`docs/rules.md` 222).

use store::{entities::platform_settings, platform_settings as platform};

use crate::support::{TestApp, on_both_databases};

on_both_databases!(
    an_unusual_amount_is_saved_once_it_is_confirmed,
    what_was_confirmed_is_one_amount_of_one_program,
);

const SAVE: &str = "save_settings";
const FIRST: &str = "1";

async fn of_platform(app: &TestApp) -> platform_settings::Model {
    platform::get(app.state.db.reader()).await.unwrap()
}

async fn an_unusual_amount_is_saved_once_it_is_confirmed(app: TestApp) {
    let dana = app.detroit_admin().await;
    let large = [("tenant_credit", "100000"), ("version", FIRST)];
    let refusal = dana.refused(SAVE, &large).await;
    assert_eq!(
        refusal.about("tenant_credit"),
        Some(
            "Is $1,000.00 for each referral right? It is $10.00 now. To save it, tick the box below."
        )
    );
    assert_eq!(refusal.typed("tenant_credit"), "100000");
    assert_eq!(refusal.typed("tenant_credit_confirmed"), "100000");

    // Without JavaScript the page asks, too.
    dana.submit(SAVE, &large).await;
    let page = dana.get("/admin/settings?tab=payments").await.text;
    let tick = r#"name="tenant_credit_confirmed" value="100000""#;
    assert!(page.contains(tick), "{page}");
    assert!(page.contains("Yes, $1,000.00 for each referral"), "{page}");
    assert!(page.contains(r#"value="100000""#), "{page}");
    let now = app.site().await.settings;
    assert_eq!((now.tenant_credit_cents, now.version), (1000, 1));
    assert!(app.audit_rows().await.is_empty());

    let confirmed = [&large[..], &[("tenant_credit_confirmed", "100000")]].concat();
    assert_eq!(dana.done(SAVE, &confirmed).await, "Settings saved.");
    assert_eq!(app.site().await.settings.tenant_credit_cents, 100_000);
    // What is saved is not asked about again, and a lower amount is not asked about at all.
    let beside = [
        ("tenant_credit", "100000"),
        ("memory_days", "30"),
        ("version", "2"),
    ];
    dana.done(SAVE, &beside).await;
    let lower = [("tenant_credit", "90000"), ("version", "3")];
    dana.done(SAVE, &lower).await;
    assert_eq!(app.site().await.settings.tenant_credit_cents, 90_000);
}

async fn what_was_confirmed_is_one_amount_of_one_program(app: TestApp) {
    app.double_admin(&app.detroit, "both@example.com").await;
    let both = app.signed_in("both@example.com").await;
    let save = |tenant_confirmed, platform_confirmed| {
        [
            ("tenant_credit", "10000"),
            ("tenant_credit_confirmed", tenant_confirmed),
            ("version", FIRST),
            ("platform_credit", "50001"),
            ("platform_credit_confirmed", platform_confirmed),
            ("platform_version", FIRST),
        ]
    };
    for (tenant, platform, asked) in [
        ("", "", ["tenant_credit", "platform_credit"].as_slice()),
        ("10000", "", &["platform_credit"]),
        ("9999", "50001", &["tenant_credit"]),
        ("on", "50001", &["tenant_credit"]),
    ] {
        let refusal = both.refused(SAVE, &save(tenant, platform)).await;
        let fields: Vec<_> = refusal
            .fields
            .iter()
            .map(|error| error.field.as_str())
            .collect();
        assert_eq!(fields, asked, "{tenant:?} {platform:?}");
    }
    assert_eq!(app.site().await.settings.version, 1);
    assert_eq!(of_platform(&app).await.version, 1);
    both.done(SAVE, &save("10000", "50001")).await;
    assert_eq!(app.site().await.settings.tenant_credit_cents, 10_000);
    assert_eq!(of_platform(&app).await.platform_credit_cents, 50_001);
}
