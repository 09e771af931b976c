//! What an operator does from the command line.

use server::{
    db::{sites, stripe_accounts},
    services::operator::{NewSite, add_site, connect_stripe, set_tenant_credit},
};

use crate::support::{TestApp, on_both_databases};

on_both_databases!(
    a_site_is_made_once,
    secrets_are_rotated_in_place_and_sealed,
    what_makes_no_sense_is_refused_in_words,
);

const FLINT: NewSite<'_> = NewSite {
    key: "flint-range",
    name: "Flint Range",
    tagline: "",
    host: "flint.localhost",
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
    let found = sites::by_key(app.state.db.conn(), "other").await.unwrap();
    assert!(found.is_none(), "nothing is left of the refused one");
}

async fn secrets_are_rotated_in_place_and_sealed(app: TestApp) {
    let connect = |key: &'static str, secrets: &'static [&'static str]| {
        let secrets: Vec<String> = secrets.iter().map(|secret| (*secret).to_owned()).collect();
        let state = app.state.clone();
        async move {
            connect_stripe(&state, "detroit-arms", key, &secrets)
                .await
                .unwrap()
        }
    };
    let path = connect("sk_test_one", &[]).await;
    assert_eq!(
        connect("sk_test_one", &["whsec_new", "whsec_old"]).await,
        path
    );
    let (db, sealer) = (app.state.db.conn(), &app.state.sealer);
    let id = app.account().await;
    let account = stripe_accounts::by_id(db, sealer, id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(account.webhook_secrets, ["whsec_new", "whsec_old"]);
    let rows = format!("{:?}", {
        use sea_orm::EntityTrait;
        server::db::entities::stripe_account::Entity::find()
            .all(db)
            .await
            .unwrap()
    });
    assert!(
        !rows.contains("sk_test_one") && !rows.contains("whsec_"),
        "{rows}"
    );
    assert_ne!(connect("sk_test_two", &[]).await, path);
}

async fn what_makes_no_sense_is_refused_in_words(app: TestApp) {
    let refused = |error: anyhow::Error| error.to_string();
    let publishable = connect_stripe(&app.state, "detroit-arms", "pk_test_1", &[]).await;
    assert!(refused(publishable.unwrap_err()).contains("publishable"));
    let unknown = set_tenant_credit(&app.state, "no-such-site", 5).await;
    assert!(
        refused(unknown.unwrap_err()).contains("motor-city-coaching"),
        "names the sites there are"
    );
    let negative = set_tenant_credit(&app.state, "detroit-arms", -1).await;
    assert!(refused(negative.unwrap_err()).contains("--tenant-credit"));
    for host in ["", "UPPER.com", "a b", "host:3000"] {
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
