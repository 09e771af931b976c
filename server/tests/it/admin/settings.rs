//! **Save Settings**: who may save, what is refused, and two admins at once.

use app::{
    ports::Settings,
    types::{
        Outcome,
        admin::{PaymentSettings, SettingsForm},
    },
};
use domain::forms::Refusal;
use services::operator;
use store::{
    entities::{platform_settings, site_settings},
    platform_settings as platform, sites,
};

use crate::support::{Browser, GOOD_FORM, PASSWORD, TestApp, on_both_databases};

on_both_databases!(
    an_admin_sets_everything_of_the_site,
    who_runs_the_platform_sets_its_part_and_nothing_else,
    one_login_may_do_both_and_saves_both_or_neither,
    amounts_that_are_none_are_refused_beside_the_field,
    empty_switches_the_program_off,
    nobody_else_changes_anything,
    the_second_of_two_admins_is_told_and_may_replace,
    a_stale_form_that_changes_nothing_is_no_conflict,
    two_admins_at_the_same_moment_are_told_apart,
    a_refused_form_stays_stale,
    the_command_line_is_another_admin,
    an_age_is_asked_of_who_registers,
);

const FIRST: &str = "1";

async fn of_site(app: &TestApp) -> site_settings::Model {
    let site = sites::by_id(app.state.db.reader(), app.detroit.id()).await;
    site.unwrap().unwrap().settings
}

async fn of_platform(app: &TestApp) -> platform_settings::Model {
    platform::get(app.state.db.reader()).await.unwrap()
}

async fn refused(browser: &Browser, fields: &[(&str, &str)]) -> Refusal {
    browser.refused("save_settings", fields).await
}

/// On the web, in the app and on the command line; whoever is registered stays so.
async fn an_age_is_asked_of_who_registers(app: TestApp) {
    app.platform_admin(&app.detroit, "pat@example.com").await;
    let (dana, pat) = (
        app.detroit_admin().await,
        app.signed_in("pat@example.com").await,
    );
    let refusal = dana
        .refused("save_minimum_age", &[("minimum_age", "adult")])
        .await;
    assert!(refusal.about("minimum_age").is_some(), "{refusal:?}");
    let years = [("minimum_age", "37")];
    let answer = pat.fetch("save_minimum_age", &years).await;
    assert_ne!(answer.status, 200, "Pat does not run the site");
    assert_eq!(of_site(&app).await.minimum_age, None);
    assert_eq!(
        dana.done("save_minimum_age", &years).await,
        "Minimum age saved."
    );
    assert_eq!(of_site(&app).await.minimum_age, Some(37));
    let page = dana.get("/admin/settings").await.text;
    assert!(page.contains("Minimum age"), "{page}");
    let traces = app.audit_rows().await;
    assert_eq!(traces.last().unwrap().field, "Minimum age");

    // Jane was born in January 1990, and it is November 2026.
    let too_young = "You must be at least 37 years old to register here.";
    let refusal = app.browser().refused("register", &GOOD_FORM).await;
    assert_eq!(refusal.about("date_of_birth"), Some(too_young));
    let body = serde_json::json!({
        "email": "jane@example.com", "password": PASSWORD,
        "first_name": "Jane", "last_name": "Doe", "date_of_birth": "1990-01-15",
    });
    let answer = app.phone().post("/api/v1/auth/register", &body).await;
    answer.assert_problem(422, "invalid-fields");
    assert_eq!(answer.json["errors"][0]["message"], too_young);

    dana.done("save_minimum_age", &[("minimum_age", "")]).await;
    assert_eq!(app.browser().go("register", &GOOD_FORM).await, "/dashboard");
}

async fn an_admin_sets_everything_of_the_site(app: TestApp) {
    let dana = app.detroit_admin().await;
    let said = dana
        .done(
            "save_settings",
            &[
                ("tenant_credit", " 1500 "),
                ("currency", "cad"),
                ("memory_days", "30"),
                ("version", FIRST),
            ],
        )
        .await;
    assert_eq!(said, "Settings saved.");
    let now = of_site(&app).await;
    assert_eq!(
        (now.tenant_credit_cents, now.currency.code()),
        (1500, "cad")
    );
    assert_eq!((now.referral_memory_days, now.version), (30, 2));
    let traces: Vec<_> = app.audit_rows().await;
    let told: Vec<_> = traces
        .iter()
        .map(|row| {
            let (old, new) = (row.old_value.as_deref(), row.new_value.as_deref());
            (row.field.as_str(), old.unwrap(), new.unwrap())
        })
        .collect();
    assert_eq!(
        told,
        [
            ("Tenant Referral Credit Amount", "1000", "1500"),
            ("Currency", "USD", "CAD"),
            ("Referral memory (days)", "0", "30"),
        ]
    );
    assert!(traces.iter().all(|row| row.actor == "Dana Stone"
        && row.subject == "Settings"
        && row.site_id == Some(app.detroit.id())));
}

async fn who_runs_the_platform_sets_its_part_and_nothing_else(app: TestApp) {
    app.platform_admin(&app.detroit, "pat@example.com").await;
    let pat = app.signed_in("pat@example.com").await;
    let fields = [
        ("platform_credit", "5000"),
        ("platform_memory_days", "90"),
        ("platform_version", FIRST),
    ];
    pat.done("save_settings", &fields).await;
    let now = of_platform(&app).await;
    assert_eq!(now.platform_credit_cents, 5000);
    assert_eq!((now.referral_memory_days, now.version), (90, 2));
    let trace = app.audit_rows().await.remove(0);
    assert_eq!(trace.field, "Platform Referral Credit Amount");
    assert_eq!(trace.site_id, None);
    let both = [
        ("platform_credit", "1"),
        ("platform_version", "2"),
        ("tenant_credit", "1"),
        ("version", FIRST),
    ];
    assert!(refused(&pat, &both).await.message.is_some());
    assert_eq!(of_platform(&app).await.platform_credit_cents, 5000);
    assert_eq!(of_site(&app).await.tenant_credit_cents, 1000);
}

async fn one_login_may_do_both_and_saves_both_or_neither(app: TestApp) {
    app.double_admin(&app.detroit, "both@example.com").await;
    let both = app.signed_in("both@example.com").await;
    let fields = |tenant, platform| {
        [
            ("tenant_credit", "1500"),
            ("version", tenant),
            ("platform_credit", "5000"),
            ("platform_version", platform),
        ]
    };
    let refusal = refused(&both, &fields(FIRST, "7")).await;
    assert_eq!(refusal.typed("platform_version"), "1");
    assert_eq!(of_site(&app).await.tenant_credit_cents, 1000);
    let wrong = [
        ("tenant_credit", "1500"),
        ("version", FIRST),
        ("platform_credit", "-1"),
        ("platform_version", FIRST),
    ];
    let refusal = refused(&both, &wrong).await;
    assert!(refusal.about("platform_credit").is_some());
    assert_eq!(of_site(&app).await.tenant_credit_cents, 1000);
    both.done("save_settings", &fields(FIRST, FIRST)).await;
    assert_eq!(of_site(&app).await.tenant_credit_cents, 1500);
    assert_eq!(of_platform(&app).await.platform_credit_cents, 5000);
}

async fn amounts_that_are_none_are_refused_beside_the_field(app: TestApp) {
    app.double_admin(&app.detroit, "both@example.com").await;
    let both = app.signed_in("both@example.com").await;
    for typed in [
        "-1",
        "1.5",
        "1e3",
        "ten",
        "9223372036854775808",
        "1 000",
        "$10",
    ] {
        let fields = [
            ("tenant_credit", typed),
            ("platform_credit", typed),
            ("memory_days", typed),
            ("currency", typed),
            ("version", FIRST),
            ("platform_version", FIRST),
        ];
        let refusal = refused(&both, &fields).await;
        for field in [
            "tenant_credit",
            "platform_credit",
            "memory_days",
            "currency",
        ] {
            assert!(refusal.about(field).is_some(), "{field}: {typed}");
            assert_eq!(refusal.typed(field), typed);
        }
    }
    let days = [("platform_memory_days", "401"), ("platform_version", FIRST)];
    let refusal = refused(&both, &days).await;
    assert!(refusal.about("platform_memory_days").is_some());
    assert_eq!(of_site(&app).await.version, 1);
    assert_eq!(of_platform(&app).await.version, 1);
    assert!(app.audit_rows().await.is_empty());
}

async fn empty_switches_the_program_off(app: TestApp) {
    let dana = app.detroit_admin().await;
    for (typed, version) in [
        ("", "1"),
        ("700", "2"),
        ("   ", "3"),
        ("8", "4"),
        ("0", "5"),
    ] {
        let fields = [("tenant_credit", typed), ("version", version)];
        dana.done("save_settings", &fields).await;
        let cents = typed.trim().parse().unwrap_or(0);
        assert_eq!(of_site(&app).await.tenant_credit_cents, cents, "{typed:?}");
    }
    let now = of_site(&app).await;
    assert_eq!(now.currency.code(), "usd", "what was not sent stays");
}

async fn nobody_else_changes_anything(app: TestApp) {
    app.member(&app.detroit, "Mia", "mia@example.com").await;
    app.admin(&app.coaching, "cole@example.com").await;
    app.admin(&app.detroit, "dana@example.com").await;
    app.platform_admin(&app.detroit, "pat@example.com").await;
    let of_coaching = app.browser_at("coaching.localhost");
    of_coaching.sign_in("cole@example.com").await;
    let tenant = [("tenant_credit", "1"), ("version", FIRST)];
    let platform = [("platform_credit", "1"), ("platform_version", FIRST)];
    let visitor = app.browser();
    let mia = app.signed_in("mia@example.com").await;
    let dana = app.signed_in("dana@example.com").await;
    let pat = app.signed_in("pat@example.com").await;
    for (who, status) in [(&visitor, 401), (&mia, 403)] {
        for fields in [&tenant, &platform] {
            let answer = who.fetch("save_settings", fields).await;
            assert_eq!(answer.status, status);
        }
    }
    for (who, fields) in [
        (&dana, &platform),
        (&of_coaching, &platform),
        (&pat, &tenant),
    ] {
        assert!(refused(who, fields).await.message.is_some(), "{fields:?}");
    }
    let mia = app.find(&app.detroit, "mia@example.com").await;
    let page = app.services(&app.detroit, mia.as_ref()).await;
    assert_eq!(page.payments().await.unwrap(), PaymentSettings::default());
    let past_the_door = page.save(SettingsForm::default()).await.unwrap();
    assert!(matches!(past_the_door, Outcome::Refused(_)));
    // An admin of another tenant whose cookie comes along changes, at most, their own site.
    of_coaching.done("save_settings", &tenant).await;
    assert_eq!(of_site(&app).await.tenant_credit_cents, 1000);
    assert_eq!(of_platform(&app).await.version, 1);
}

async fn the_second_of_two_admins_is_told_and_may_replace(app: TestApp) {
    let dana = app.detroit_admin().await;
    app.admin(&app.detroit, "cole@example.com").await;
    let cole = app.signed_in("cole@example.com").await;
    let first = [("tenant_credit", "1500"), ("version", FIRST)];
    dana.done("save_settings", &first).await;
    let second = [
        ("tenant_credit", "2000"),
        ("memory_days", "0"),
        ("version", FIRST),
    ];
    let refusal = refused(&cole, &second).await;
    let message = refusal.message.clone().unwrap();
    assert!(
        message.starts_with("Dana Stone saved these settings at ")
            && message.contains(" UTC, while you were here. Now saved: Tenant Referral Credit Amount 1500. What you typed is kept; save again to replace it."),
        "{message}"
    );
    assert_eq!(refusal.typed("tenant_credit"), "2000");
    assert_eq!(refusal.typed("version"), "2");
    assert_eq!(of_site(&app).await.tenant_credit_cents, 1500);
    let again = [
        ("tenant_credit", refusal.typed("tenant_credit")),
        ("version", refusal.typed("version")),
    ];
    cole.done("save_settings", &again).await;
    assert_eq!(of_site(&app).await.tenant_credit_cents, 2000);
}

async fn a_stale_form_that_changes_nothing_is_no_conflict(app: TestApp) {
    let dana = app.detroit_admin().await;
    let to = |cents, version| [("tenant_credit", cents), ("version", version)];
    dana.done("save_settings", &to("1500", FIRST)).await;
    dana.done("save_settings", &to("1500", FIRST)).await;
    assert_eq!(of_site(&app).await.version, 2);
    assert_eq!(app.audit_rows().await.len(), 1);
    for nonsense in ["", "x", "-1", "99999999999999999999"] {
        let refusal = refused(&dana, &to("1", nonsense)).await;
        assert_eq!(refusal.typed("version"), "2", "{nonsense}");
    }
}

async fn two_admins_at_the_same_moment_are_told_apart(app: TestApp) {
    let dana = app.detroit_admin().await;
    app.admin(&app.detroit, "cole@example.com").await;
    let cole = app.signed_in("cole@example.com").await;
    let (one, two) = tokio::join!(
        dana.call(
            "save_settings",
            &[("tenant_credit", "1"), ("version", FIRST)]
        ),
        cole.call(
            "save_settings",
            &[("tenant_credit", "2"), ("version", FIRST)]
        ),
    );
    let told = [one, two]
        .iter()
        .filter(|outcome| matches!(outcome, Outcome::Refused(_)))
        .count();
    assert_eq!(told, 1);
    assert_eq!(app.audit_rows().await.len(), 1);
}

async fn a_refused_form_stays_stale(app: TestApp) {
    let dana = app.detroit_admin().await;
    let saved = [("tenant_credit", "1500"), ("version", FIRST)];
    dana.done("save_settings", &saved).await;
    let wrong = [("tenant_credit", "$20"), ("version", FIRST)];
    let refusal = refused(&dana, &wrong).await;
    assert_eq!(refusal.typed("version"), FIRST);
}

async fn the_command_line_is_another_admin(app: TestApp) {
    let dana = app.detroit_admin().await;
    operator::set_tenant_credit(&app.state, "detroit-arms", 700)
        .await
        .unwrap();
    let fields = [("tenant_credit", "800"), ("version", FIRST)];
    let refusal = refused(&dana, &fields).await;
    let message = refusal.message.unwrap();
    assert!(
        message.contains("Tenant Referral Credit Amount 700"),
        "{message}"
    );
    assert_eq!(of_site(&app).await.tenant_credit_cents, 700);
}
