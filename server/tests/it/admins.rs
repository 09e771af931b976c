//! Who is an admin, set on the command line: nobody becomes an admin by having registered an
//! address.

use domain::{
    account::{PlatformRole, Rights, SiteKind, TenantRole},
    credit::Program,
    forms::RegistrationForm,
};
use services::{
    accounts::devices,
    operator::{
        NewSite, add_site,
        admins::{self, NewAdmin, Promotion, StaffRole},
    },
};
use store::entities::user;
use web::middleware::{member_of, sign_in};

use crate::support::{PASSWORD, TestApp, on_both_databases};

mod command_line;

on_both_databases!(
    an_address_that_is_registered_makes_nobody_an_admin,
    a_promotion_ends_what_a_stranger_holds,
    a_sign_in_that_is_under_way_ends_too,
    a_right_is_never_taken_unasked,
    who_is_made_an_admin_at_a_brand_runs_the_program,
    rights_are_revoked_and_the_last_admin_is_missed,
    a_reset_replaces_the_password,
);

const ADDRESS: &str = "newadmin@detroitarms.com";
const OPERATORS: &str = "green range wednesday";
const ME: &str = "/api/v1/me";
const CONSOLE: &str = "/admin/settings";
const PROGRAMS: [Program; 2] = [Program::Tenant, Program::Platform];
const BOTH: Rights = Rights {
    tenant: Some(TenantRole::Owner),
    platform: Some(PlatformRole::Owner),
};

fn new(platform: bool, platform_only: bool) -> NewAdmin<'static> {
    NewAdmin {
        site: "detroit-arms",
        form: RegistrationForm {
            email: ADDRESS.to_owned(),
            password: OPERATORS.to_owned(),
            first_name: "Dana".to_owned(),
            last_name: "Real".to_owned(),
            date_of_birth: "1984-06-02".to_owned(),
        },
        platform,
        platform_only,
        role: StaffRole::Owner,
    }
}

const PROMOTION: Promotion<'_> = Promotion {
    site: "detroit-arms",
    email: ADDRESS,
    password: OPERATORS,
    platform: true,
    platform_only: false,
    role: StaffRole::Owner,
};

async fn refused<T>(done: impl Future<Output = anyhow::Result<T>>) -> String {
    done.await.err().expect("refused").to_string()
}

async fn found(app: &TestApp) -> user::Model {
    app.find(&app.detroit, ADDRESS).await.unwrap()
}

/// Field, old value and new value of each audit entry about admins.
async fn audit(app: &TestApp) -> Vec<(String, String, String)> {
    let rows = app.audit_rows().await.into_iter();
    let about = rows.filter(|row| row.actor == "the command line" && row.subject != "Settings");
    about
        .map(|row| {
            let value = |value: Option<String>| value.unwrap_or_default();
            (row.field, value(row.old_value), value(row.new_value))
        })
        .collect()
}

async fn an_address_that_is_registered_makes_nobody_an_admin(app: TestApp) {
    app.member(&app.detroit, "Boss", ADDRESS).await;
    let stranger = app.signed_in(ADDRESS).await;
    let why = refused(admins::create(&app.state, new(true, false))).await;
    for part in [
        "Boss Stone",
        ADDRESS,
        "registered on",
        "Member",
        "--promote",
    ] {
        assert!(why.contains(part), "{part}: {why}");
    }
    assert!(!why.contains(OPERATORS), "{why}");
    assert_eq!(found(&app).await.rights(), Rights::default());
    assert_eq!(stranger.get(CONSOLE).await.status, 403);
    assert_eq!(audit(&app).await, []);
    stranger.sign_in(ADDRESS).await;
}

async fn a_promotion_ends_what_a_stranger_holds(app: TestApp) {
    let why = refused(admins::promote(&app.state, &PROMOTION)).await;
    assert!(why.contains("nobody is registered"), "{why}");
    app.member(&app.detroit, "Boss", ADDRESS).await;
    let stranger = app.signed_in(ADDRESS).await;
    let phone = app.phone_of(ADDRESS).await;
    for password in ["", "short", "password123", "detroitarms"] {
        let promotion = Promotion {
            password,
            ..PROMOTION
        };
        let why = refused(admins::promote(&app.state, &promotion)).await;
        assert!(why.contains("ADMIN_PASSWORD"), "{password}: {why}");
    }
    assert_eq!(phone.get(ME).await.status, 200);

    let admin = admins::promote(&app.state, &PROMOTION).await.unwrap();
    assert_eq!(admin.rights(), BOTH);
    assert!(
        admin.email_confirmed_at.is_some(),
        "the operator vouches for it"
    );
    let page = stranger.get(CONSOLE).await;
    assert_eq!(
        (page.status.as_u16(), page.text.contains("Stripe")),
        (303, false)
    );
    phone.get(ME).await.assert_problem(401, "invalid-token");
    let owner = app.browser();
    let known = [("email", ADDRESS), ("password", PASSWORD)];
    owner.refused("sign_in", &known).await;
    let told = [("email", ADDRESS), ("password", OPERATORS)];
    owner.go("sign_in", &told).await;
    assert_eq!(owner.get(CONSOLE).await.status, 200);
    let changed = |field: &str, from: &str, to: &str| (field.into(), from.into(), to.into());
    assert_eq!(
        audit(&app).await,
        [
            changed("Role", "Member", "Owner, Platform owner"),
            changed("Password", "", "replaced"),
            changed("Browser sessions and API tokens", "", "ended"),
        ]
    );
}

/// A sign-in whose password was right a moment before the password was replaced.
async fn a_sign_in_that_is_under_way_ends_too(app: TestApp) {
    let known = app.member(&app.detroit, "Boss", ADDRESS).await;
    admins::promote(&app.state, &PROMOTION).await.unwrap();
    let token = devices::sign_in(&app.state, &known, "phone").await.unwrap();
    let site = app.detroit.id();
    let found_by = devices::find(&app.state, site, &token.token).await.unwrap();
    assert!(found_by.is_none());
    let context = app.services(&app.detroit, None).await.context;
    sign_in(&app.state, &context, &known, false).await.unwrap();
    let of = member_of(&context.session).await.unwrap().unwrap();
    assert_eq!(of.id, known.id);
    assert_ne!(of.session_version, found(&app).await.session_version);
}

async fn a_right_is_never_taken_unasked(app: TestApp) {
    let admin = admins::create(&app.state, new(true, false)).await.unwrap();
    assert_eq!(admin.rights(), BOTH);
    assert!(admin.email_confirmed_at.is_some());
    for (platform, platform_only) in [(false, false), (true, true)] {
        let why = refused(admins::create(&app.state, new(platform, platform_only))).await;
        assert!(why.contains("Dana Real"), "{why}");
        let promotion = Promotion {
            platform,
            platform_only,
            ..PROMOTION
        };
        let why = refused(admins::promote(&app.state, &promotion)).await;
        assert!(why.contains("nothing to add"), "{why}");
    }
    assert_eq!(found(&app).await, admin);

    let (site, email) = (PROMOTION.site, PROMOTION.email);
    admins::revoke(&app.state, site, email, &[Program::Platform])
        .await
        .unwrap();
    let promotion = Promotion {
        platform_only: true,
        ..PROMOTION
    };
    let admin = admins::promote(&app.state, &promotion).await.unwrap();
    assert_eq!(admin.rights(), BOTH, "the tenant's right stayed");
}

async fn who_is_made_an_admin_at_a_brand_runs_the_program(app: TestApp) {
    let brand = NewSite {
        key: "flint",
        name: "Flint",
        tagline: "",
        host: "flint.localhost",
        kind: SiteKind::Platform,
        theme: "pewpros",
    };
    add_site(&app.state, &brand).await.unwrap();
    for (platform, platform_only) in [(false, false), (true, true)] {
        let asked = NewAdmin {
            site: "flint",
            ..new(platform, platform_only)
        };
        let made = admins::create(&app.state, asked).await;
        match platform {
            false => assert_eq!(made.unwrap().rights().tenant, None),
            true => assert!(made.err().unwrap().to_string().contains("--promote")),
        }
    }
    let of_brand = admins::list(&app.state, Some("flint")).await.unwrap();
    assert!(of_brand[0].rights.platform.is_some() && of_brand.len() == 1);
    let alone = new(false, true);
    let why = refused(admins::create(&app.state, alone)).await;
    assert!(why.contains("also give --platform"), "{why}");
}

async fn rights_are_revoked_and_the_last_admin_is_missed(app: TestApp) {
    let (site, platform) = (
        "detroit-arms",
        Rights {
            tenant: None,
            ..BOTH
        },
    );
    app.admin(&app.detroit, "dana@example.com").await;
    let stays = app.platform_admin(&app.coaching, "pat@example.com").await;
    admins::create(&app.state, new(true, false)).await.unwrap();
    let listed = async |site| {
        let all = admins::list(&app.state, site).await.unwrap().into_iter();
        let all = all.map(|admin| (admin.site, admin.member.email, admin.rights));
        all.collect::<Vec<_>>()
    };
    let tenant = Rights {
        platform: None,
        ..BOTH
    };
    let detroit = [
        (site.to_owned(), "dana@example.com".to_owned(), tenant),
        (site.to_owned(), ADDRESS.to_owned(), BOTH),
    ];
    assert_eq!(listed(Some(site)).await, detroit);
    let pat = (
        "motor-city-coaching".to_owned(),
        stays.email.clone(),
        platform,
    );
    assert_eq!(listed(None).await[2..], [pat]);

    let revoked = admins::revoke(&app.state, site, ADDRESS, &[Program::Platform])
        .await
        .unwrap();
    assert_eq!(revoked.member.rights(), tenant);
    assert_eq!(revoked.warnings, [""; 0], "Pat runs the program");
    let why = refused(admins::revoke(
        &app.state,
        site,
        ADDRESS,
        &[Program::Platform],
    ))
    .await;
    assert!(why.contains("no such role"), "{why}");
    let revoked = admins::revoke(&app.state, site, ADDRESS, &PROGRAMS)
        .await
        .unwrap();
    assert_eq!(revoked.warnings, [""; 0], "Dana runs the site");
    let revoked = admins::revoke(&app.state, site, "dana@example.com", &PROGRAMS)
        .await
        .unwrap();
    assert_eq!(revoked.warnings, ["the site detroit-arms has no owner now"]);
    let revoked = admins::revoke(&app.state, "motor-city-coaching", &stays.email, &PROGRAMS).await;
    assert_eq!(
        revoked.unwrap().warnings,
        ["the platform program has no owner now"]
    );
    assert_eq!(listed(None).await, []);
    let lines = audit(&app).await;
    let last = lines.last().unwrap();
    assert_eq!(
        (last.1.as_str(), last.2.as_str()),
        ("Platform owner", "Member")
    );
}

async fn a_reset_replaces_the_password(app: TestApp) {
    let (site, state) = ("detroit-arms", &app.state);
    app.admin(&app.detroit, ADDRESS).await;
    let (browser, phone) = (app.signed_in(ADDRESS).await, app.phone_of(ADDRESS).await);
    assert_eq!(browser.get(CONSOLE).await.status, 200);
    for password in ["", "short", "password123", "detroitarms"] {
        let why = refused(admins::reset(state, site, ADDRESS, password)).await;
        assert!(why.contains("ADMIN_PASSWORD"), "{password}: {why}");
    }
    let why = refused(admins::reset(state, site, "nobody@example.com", OPERATORS)).await;
    assert!(
        why.contains("nobody is registered at detroit-arms"),
        "{why}"
    );
    let elsewhere = admins::reset(state, "motor-city-coaching", ADDRESS, OPERATORS);
    refused(elsewhere).await;
    assert_eq!(browser.get(CONSOLE).await.status, 200, "nothing was done");

    let admin = admins::reset(state, site, ADDRESS, OPERATORS)
        .await
        .unwrap();
    assert!(admin.rights().tenant.is_some(), "the role stays");
    assert_eq!(browser.get(CONSOLE).await.status, 303);
    phone.get(ME).await.assert_problem(401, "invalid-token");
    browser
        .refused("sign_in", &[("email", ADDRESS), ("password", PASSWORD)])
        .await;
    browser
        .go("sign_in", &[("email", ADDRESS), ("password", OPERATORS)])
        .await;
    assert_eq!(browser.get(CONSOLE).await.status, 200);
}
