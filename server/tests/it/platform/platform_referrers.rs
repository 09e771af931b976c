//! Platform referrers: "must be created by an admin (they're not self-service)".

use app::types::{
    Outcome,
    admin::{PlatformReferrer, ReferrersPage},
};
use futures::future::join_all;
use sea_orm::{ConnectionTrait, EntityTrait, PaginatorTrait, Statement};
use store::{Pool, entities::platform_referrer};

use crate::support::{Browser, TestApp, on_both_databases, subscription};

on_both_databases!(
    an_admin_adds_a_partner_and_gets_links,
    all_that_is_wrong_is_said_at_once,
    one_address_is_one_partner,
    two_at_once_add_one,
    the_second_of_two_admins_is_told,
    who_switches_a_changed_referrer_is_told_what_it_is_now,
    a_disabled_code_earns_nothing_until_it_is_switched_on,
    nobody_else_may,
    counts_are_read_from_an_index,
);

const ADD: &str = "add_referrer";

/// Pat, who runs the platform program, signed in at Detroit Arms.
async fn pat(app: &TestApp) -> Browser {
    app.platform_admin(&app.detroit, "pat@example.com").await;
    app.signed_in("pat@example.com").await
}

async fn listed(browser: &Browser) -> Vec<PlatformReferrer> {
    let page = browser.fetch("platform_referrers", &[]).await;
    assert_eq!(page.status, 200, "{}", page.text);
    let page: ReferrersPage = serde_json::from_str(&page.text).unwrap();
    page.referrers
}

async fn an_admin_adds_a_partner_and_gets_links(app: TestApp) {
    let platform = app.platform().await;
    let pat = pat(&app).await;
    let names = ["Sky Marsh", "<b>Jo</b> & Söhne", "ירדן", &"n".repeat(80)];
    for (number, name) in names.into_iter().enumerate() {
        let email = format!("sky{number}@example.com");
        let said = pat.done(ADD, &[("name", name), ("email", &email)]).await;
        assert_eq!(said, format!("{name} was added."));
    }
    let platform_referrers = listed(&pat).await;
    let shown: Vec<_> = platform_referrers
        .iter()
        .map(|one| one.name.as_str())
        .collect();
    let mut newest_first = names;
    newest_first.reverse();
    assert_eq!(shown[..4], newest_first, "newest first");
    assert_eq!(platform_referrers[4].id, platform.jordan.id.get());
    let (one, port) = (&platform_referrers[0], app.address.port());
    assert_eq!(one.code.len(), 8);
    let links: Vec<_> = one
        .links
        .iter()
        .map(|link| (link.brand.as_str(), link.url.clone()))
        .collect();
    let url = |host| format!("http://{host}.localhost:{port}/pricing?ref={}", one.code);
    assert_eq!(
        links,
        [("PewPros", url("pewpros")), ("CoachPros", url("coachpros"))]
    );
    let rows = app.audit_rows().await;
    let told = rows
        .iter()
        .find(|row| row.new_value.as_deref() == Some("sky3@example.com"))
        .unwrap();
    assert_eq!((told.site_id, told.field.as_str()), (None, "Email"));
    assert_eq!(told.actor, "Pat Stone");
}

async fn all_that_is_wrong_is_said_at_once(app: TestApp) {
    app.platform().await;
    let pat = pat(&app).await;
    let long = "x".repeat(10_240);
    for (name, email) in [
        ("", ""),
        ("  ", "jordan"),
        (long.as_str(), long.as_str()),
        ("a\nb", "a@b"),
        ("a\0b", "a\0@example.com"),
        ("", "JORDAN@example.com"),
    ] {
        let form = [("name", name), ("email", email)];
        let refusal = pat.refused(ADD, &form).await;
        for field in ["name", "email"] {
            assert!(
                refusal.about(field).is_some(),
                "{field} of {name:?} {email:?}"
            );
        }
        assert_eq!(refusal.typed("email"), email, "nothing typed is lost");
    }
    assert_eq!(listed(&pat).await.len(), 1);
}

async fn one_address_is_one_partner(app: TestApp) {
    let platform = app.platform().await;
    let sky = app.platform_referrer("Sky", "sky@example.com").await;
    let pat = pat(&app).await;
    let taken = Some("A referrer with this email address already exists.");
    for email in ["jordan@example.com", " JORDAN@EXAMPLE.COM "] {
        let refusal = pat.refused(ADD, &[("name", "J"), ("email", email)]).await;
        assert_eq!(refusal.about("email"), taken, "{email}");
        let id = sky.id.to_string();
        let form = [
            ("id", id.as_str()),
            ("name", "Sky"),
            ("email", email),
            ("version", "1"),
        ];
        let refusal = pat.refused("change_referrer", &form).await;
        assert_eq!(refusal.about("email"), taken, "{email}");
    }
    let id = platform.jordan.id.to_string();
    let form = [
        ("id", id.as_str()),
        ("name", "J"),
        ("email", "Jordan@Example.com"),
        ("version", "1"),
    ];
    assert_eq!(pat.done("change_referrer", &form).await, "J was saved.");
    let jordan = app.partner_now(&platform.jordan).await;
    assert_eq!(
        (jordan.name.as_str(), jordan.email.as_str()),
        ("J", "Jordan@Example.com")
    );
    assert_eq!(jordan.code, platform.jordan.code, "the code stays");
}

async fn two_at_once_add_one(app: TestApp) {
    let pat = pat(&app).await;
    let form = [("name", "Sky"), ("email", "sky@example.com")];
    let outcomes = join_all((0..5).map(|_| pat.call(ADD, &form))).await;
    let done = outcomes
        .iter()
        .filter(|one| matches!(one, Outcome::Done(_)));
    assert_eq!(done.count(), 1, "{outcomes:?}");
    let refused = outcomes
        .iter()
        .filter(|one| matches!(one, Outcome::Refused(_)));
    assert_eq!(refused.count(), 4);
    assert_eq!(listed(&pat).await.len(), 1);
}

async fn the_second_of_two_admins_is_told(app: TestApp) {
    let platform = app.platform().await;
    let pat = pat(&app).await;
    let id = platform.jordan.id.to_string();
    let change = |name: &'static str, version: String| {
        let (pat, id) = (&pat, id.clone());
        async move {
            let form = [
                ("id", id.as_str()),
                ("name", name),
                ("email", "jordan@example.com"),
                ("version", &version),
            ];
            pat.call("change_referrer", &form).await
        }
    };
    assert!(matches!(change("One", "1".into()).await, Outcome::Done(_)));
    let Outcome::Refused(refusal) = change("Two", "1".into()).await else {
        panic!("overwrote");
    };
    let message = refusal.message.clone().unwrap();
    assert!(
        message.starts_with("Pat Stone changed this referrer at "),
        "{message}"
    );
    let now = "Now saved: Name “One”, Email “jordan@example.com”; the code is enabled.";
    assert!(message.contains(now), "{message}");
    assert_eq!(app.partner_now(&platform.jordan).await.name, "One");
    let version = refusal.typed["version"].clone();
    assert!(matches!(change("Two", version).await, Outcome::Done(_)));
    assert_eq!(app.partner_now(&platform.jordan).await.name, "Two");
    for version in ["", "x", "-1", "99"] {
        let form = [
            ("id", id.as_str()),
            ("disabled", "true"),
            ("version", version),
        ];
        pat.refused("set_referrer_disabled", &form).await;
    }
    let nobody = [("id", "4711"), ("disabled", "true"), ("version", "1")];
    let refusal = pat.refused("set_referrer_disabled", &nobody).await;
    assert_eq!(refusal.message.unwrap(), "There is no such referrer.");
}

async fn who_switches_a_changed_referrer_is_told_what_it_is_now(app: TestApp) {
    let platform = app.platform().await;
    let pat = pat(&app).await;
    app.double_admin(&app.detroit, "dana@example.com").await;
    let dana = app.signed_in("dana@example.com").await;
    let id = platform.jordan.id.to_string();
    let to = |disabled: &'static str, version: &'static str| {
        [
            ("id", id.as_str()),
            ("disabled", disabled),
            ("version", version),
        ]
    };
    dana.done("set_referrer_disabled", &to("true", "1")).await;
    // It is already what the second one wants.
    pat.done("set_referrer_disabled", &to("true", "1")).await;
    assert_eq!(app.partner_now(&platform.jordan).await.version, 2);
    let refusal = pat
        .refused("set_referrer_disabled", &to("false", "1"))
        .await;
    let message = refusal.message.clone().unwrap();
    assert!(
        message.starts_with("Dana Stone changed this referrer at "),
        "{message}"
    );
    assert!(message.contains("the code is disabled."), "{message}");
    assert_eq!(refusal.typed("version"), "2");
    pat.done("set_referrer_disabled", &to("false", "2")).await;
    // The audit log has names. Of two with one name it cannot tell whose entry it is.
    app.platform_referrer("Jordan Reyes", "other@example.com")
        .await;
    let refusal = pat.refused("set_referrer_disabled", &to("true", "2")).await;
    let message = refusal.message.unwrap();
    assert!(
        message.starts_with("Somebody changed this referrer while"),
        "{message}"
    );
    assert!(message.contains("Name “Jordan Reyes”"), "{message}");
}

async fn a_disabled_code_earns_nothing_until_it_is_switched_on(app: TestApp) {
    let platform = app.platform().await;
    let pat = pat(&app).await;
    let id = platform.jordan.id.to_string();
    for (number, (disabled, referrals)) in [("true", 0), ("false", 1)].into_iter().enumerate() {
        let version = (number + 1).to_string();
        let form = [
            ("id", id.as_str()),
            ("disabled", disabled),
            ("version", &version),
        ];
        pat.done("set_referrer_disabled", &form).await;
        let session = subscription(
            &format!("cs_{number}"),
            &platform.pewpros,
            "kim@example.com",
            Some(&platform.jordan.code),
        );
        app.subscribe(&platform, session).await;
        let jordan = listed(&pat).await.remove(0);
        assert_eq!(jordan.disabled, disabled == "true");
        assert_eq!((jordan.referrals, jordan.credited), (referrals, referrals));
        assert_eq!(jordan.earned, format!("${}.00", 50 * referrals));
    }
    let fields: Vec<_> = app
        .audit_rows()
        .await
        .into_iter()
        .filter(|row| row.field == "Code" && row.old_value.is_some())
        .map(|row| (row.old_value.unwrap(), row.new_value.unwrap()))
        .collect();
    let on_and_off = [("on", "off"), ("off", "on")];
    assert_eq!(
        fields,
        on_and_off.map(|(old, new)| (old.to_owned(), new.to_owned()))
    );
}

async fn nobody_else_may(app: TestApp) {
    let platform = app.platform().await;
    app.admin(&app.detroit, "dana@example.com").await;
    app.member(&app.detroit, "Mia", "mia@example.com").await;
    let id = platform.jordan.id.to_string();
    let others = [
        app.browser(),
        app.signed_in("mia@example.com").await,
        app.signed_in("dana@example.com").await,
    ];
    for other in &others {
        for (function, form) in [
            (ADD, vec![("name", "Eve"), ("email", "eve@example.com")]),
            (
                "change_referrer",
                vec![
                    ("id", id.as_str()),
                    ("name", "Eve"),
                    ("email", "eve@example.com"),
                    ("version", "1"),
                ],
            ),
            (
                "set_referrer_disabled",
                vec![("id", id.as_str()), ("disabled", "true"), ("version", "1")],
            ),
        ] {
            let page = other.fetch(function, &form).await;
            assert!(!page.text.contains("Done"), "{function}: {}", page.text);
        }
        let page = other.fetch("platform_referrers", &[]).await;
        assert!(!page.text.contains("jordan"), "{}", page.text);
    }
    let db = app.state.db.reader();
    assert_eq!(
        platform_referrer::Entity::find().count(db).await.unwrap(),
        1
    );
    assert_eq!(app.partner_now(&platform.jordan).await, platform.jordan);
}

async fn counts_are_read_from_an_index(app: TestApp) {
    const COUNTS: &str = "SELECT referrer_id, status, COUNT(*) FROM platform_referrals \
                          WHERE referrer_id IN (1, 2) GROUP BY referrer_id, status";
    let tx = app.state.db.begin().await.unwrap();
    let run = |sql: String| {
        let statement = Statement::from_string(tx.get_database_backend(), sql);
        tx.query_all_raw(statement)
    };
    let (explain, column, wanted) = match app.state.db.pool() {
        Pool::Sqlite(_) => ("EXPLAIN QUERY PLAN", 3, "COVERING INDEX"),
        Pool::Postgres(_) => {
            // PostgreSQL reads a small table whole, whatever indexes it has.
            for way in ["enable_seqscan", "enable_bitmapscan"] {
                run(format!("SET LOCAL {way} = off")).await.unwrap();
            }
            ("EXPLAIN", 0, "Index Only Scan")
        }
    };
    let plan = run(format!("{explain} {COUNTS}")).await.unwrap();
    let lines = plan.iter().map(|line| line.try_get_by::<String, _>(column));
    let plan = lines.map(Result::unwrap).collect::<Vec<_>>().join("\n");
    assert!(plan.contains(wanted), "{plan}");
    assert!(
        plan.contains("ix_platform_referrals_referrer_id_status"),
        "{plan}"
    );
}
