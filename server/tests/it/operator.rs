//! What an operator does on the command line.

use domain::account::SiteKind;
use sea_orm::EntityTrait;
use services::operator::{
    NewSite, StripeKeys, add_site, connect_stripe, disconnect_platform_stripe, set_platform_credit,
    set_tenant_credit, theme_of,
};
use store::{entities::stripe_account, platform_settings, sites, stripe_accounts};

use crate::support::{TestApp, on_both_databases};

on_both_databases!(
    a_site_is_made_once,
    secrets_are_rotated_in_place_and_sealed,
    a_key_that_anybody_could_guess_is_refused,
    what_makes_no_sense_is_refused_in_words,
    a_brand_looks_like_a_brand,
    the_platforms_settings_and_account_leave_a_trace,
);

const FLINT: NewSite<'_> = NewSite {
    key: "flint-range",
    name: "Flint Range",
    tagline: "",
    host: "flint.localhost",
    kind: SiteKind::Tenant,
    theme: "range",
};

async fn a_site_is_made_once(app: TestApp) {
    let site = add_site(&app.state, &FLINT).await.unwrap();
    assert!(
        !site.tenant_credit().is_positive(),
        "switched off until somebody says how much"
    );
    assert_eq!(app.browser_at("flint.localhost").get("/").await.status, 200);
    let again = add_site(&app.state, &FLINT).await.unwrap_err().to_string();
    assert!(again.contains("another site has it"), "{again}");
    let host = NewSite {
        key: "other",
        ..FLINT
    };
    assert!(
        add_site(&app.state, &host).await.is_err(),
        "the host is taken"
    );
    let found = sites::by_key(app.state.db.reader(), "other").await.unwrap();
    assert!(found.is_none(), "nothing is left of the refused one");
}

async fn connect(
    app: &TestApp,
    secret_key: &str,
    webhook_secrets: &[&str],
    same_account: bool,
) -> anyhow::Result<String> {
    let secrets: Vec<_> = webhook_secrets
        .iter()
        .map(|secret| (*secret).to_owned())
        .collect();
    let keys = StripeKeys {
        secret_key,
        webhook_secrets: &secrets,
        same_account,
        ..StripeKeys::default()
    };
    let connected = connect_stripe(&app.state, "detroit-arms", &keys).await?;
    Ok(connected.path)
}

async fn secrets_are_rotated_in_place_and_sealed(app: TestApp) {
    let path = connect(&app, "sk_test_one", &[], false).await.unwrap();
    let both = ["whsec_new_one", "whsec_old_one"];
    assert_eq!(
        connect(&app, "sk_test_one", &both, false).await.unwrap(),
        path
    );
    assert_eq!(
        connect(&app, "sk_test_one", &[], false).await.unwrap(),
        path
    );
    app.stripe.add_key("sk_test_one", "sk_test_rolled");
    assert_eq!(
        connect(&app, "sk_test_rolled", &[], true).await.unwrap(),
        path
    );
    let (db, sealer) = (app.state.db.reader(), &app.state.sealer);
    let account = stripe_accounts::by_id(db, sealer, app.account().await)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        account.webhook_secrets, both,
        "none given: those in force stay"
    );
    assert_eq!(account.secret_key, "sk_test_rolled");
    let rows = stripe_account::Entity::find().all(db).await.unwrap();
    let rows = format!("{rows:?}");
    assert!(
        !rows.contains("sk_test_") && !rows.contains("whsec_"),
        "{rows}"
    );
    assert_ne!(
        connect(&app, "sk_test_two", &[], false).await.unwrap(),
        path
    );
}

async fn a_key_that_anybody_could_guess_is_refused(app: TestApp) {
    for secret in [
        "",
        " ",
        "whsec_",
        " whsec_padded_one",
        "sk_test_not_a_webhook_secret",
    ] {
        let refused = connect(&app, "sk_test_one", &[secret], false)
            .await
            .unwrap_err()
            .to_string();
        assert!(
            refused.contains("--webhook-secret"),
            "{secret:?}: {refused}"
        );
    }
    let publishable = connect(&app, "pk_test_1", &[], false)
        .await
        .unwrap_err()
        .to_string();
    assert!(publishable.contains("publishable"));
    assert!(
        connect(&app, "sk_test_one", &[], true).await.is_err(),
        "no account to keep"
    );
}

async fn what_makes_no_sense_is_refused_in_words(app: TestApp) {
    let refused = |error: anyhow::Error| error.to_string();
    let unknown = set_tenant_credit(&app.state, "no-such-site", 5).await;
    assert!(
        refused(unknown.unwrap_err()).contains("motor-city-coaching"),
        "names the sites there are"
    );
    let negative = set_tenant_credit(&app.state, "detroit-arms", -1).await;
    assert!(refused(negative.unwrap_err()).contains("--tenant-credit"));
    for host in ["", "a..b", "a b", "host:3000"] {
        let site = NewSite {
            key: "new",
            host,
            ..FLINT
        };
        assert!(
            refused(add_site(&app.state, &site).await.err().unwrap()).contains("--host"),
            "{host}"
        );
    }
}

async fn a_brand_looks_like_a_brand(app: TestApp) {
    let brand = NewSite {
        kind: SiteKind::Platform,
        ..FLINT
    };
    let refused = add_site(&app.state, &brand).await.unwrap_err().to_string();
    assert!(refused.contains("pewpros, coachpros"), "{refused}");
    assert_eq!(theme_of(SiteKind::Tenant, None).unwrap(), "range");
    assert_eq!(theme_of(SiteKind::Platform, None).unwrap(), "pewpros");
    let brand = NewSite {
        theme: "coachpros",
        ..brand
    };
    let made = add_site(&app.state, &brand).await.unwrap();
    assert_eq!(made.kind(), SiteKind::Platform);
    let page = app.browser_at("flint.localhost").get("/pricing").await;
    assert_eq!(page.status, 200);
}

async fn the_platforms_settings_and_account_leave_a_trace(app: TestApp) {
    for (cents, word) in [
        (-1, "--platform-credit"),
        (100_000_000, "--platform-credit"),
    ] {
        let refused = set_platform_credit(&app.state, cents).await.unwrap_err();
        assert!(refused.to_string().contains(word), "{cents}");
    }
    set_platform_credit(&app.state, 5000).await.unwrap();
    let webhook = app
        .connect_platform("sk_test_abcd1234", "whsec_platform")
        .await;
    assert_eq!(
        app.connect_platform("sk_test_abcd1234", "whsec_rotated")
            .await,
        webhook
    );
    disconnect_platform_stripe(&app.state).await.unwrap();
    let settings = platform_settings::get(app.state.db.reader()).await.unwrap();
    assert_eq!(
        (settings.platform_credit_cents, settings.stripe_account_id),
        (5000, None)
    );
    let rows = app.audit_rows().await;
    let of_platform = rows.iter().filter(|row| row.site_id.is_none());
    let told: Vec<_> = of_platform
        .map(|row| {
            assert_eq!(
                (row.actor.as_str(), row.actor_id),
                ("the command line", None)
            );
            let (old, new) = (row.old_value.as_deref(), row.new_value.as_deref());
            (row.field.as_str(), old.unwrap_or("-"), new.unwrap_or("-"))
        })
        .collect();
    assert_eq!(
        told,
        [
            ("Platform Referral Credit Amount", "0", "5000"),
            ("Secret key", "-", "…1234 (test)"),
            ("Webhook secrets", "-", "1"),
            ("Webhook secrets", "1", "2"),
            ("Secret key", "…1234 (test)", "-"),
            ("Webhook secrets", "2", "-"),
        ]
    );
    let accounts = stripe_account::Entity::find()
        .all(app.state.db.reader())
        .await;
    let account = accounts.unwrap().remove(0);
    assert!(account.platform && !account.livemode);
    assert_eq!(
        account.version,
        account.created_at.millis() + 1,
        "changed once"
    );
}
