//! An owner changes roles, and there is always an owner.

use domain::account::{PlatformRole, Rights, Role, TenantRole};

use super::{OMAR, invite, rights_of, tenant};
use crate::support::{TestApp, on_both_databases};

on_both_databases!(
    with mail:
    an_owner_changes_roles,
    the_last_owner_stays,
    two_owners_do_not_remove_each_other,
    an_owner_signs_staff_out,
    the_platform_has_a_team_of_its_own,
);

async fn an_owner_changes_roles(app: TestApp) {
    let dana = app.detroit_admin().await;
    let omar = app
        .staff(&app.detroit, Role::Tenant(TenantRole::Desk), OMAR)
        .await;
    let browser = app.signed_in(OMAR).await;
    let id = omar.id.to_string();
    let role = |role: &'static str| [("program", "tenant"), ("member_id", &id), ("role", role)];
    let done = dana.done("change_role", &role("manager")).await;
    assert_eq!(done, "Sam Stone has the role Manager now.");
    assert_eq!(browser.get("/admin/settings").await.status, 200);
    for nonsense in ["admin", "platform_owner"] {
        dana.refused("change_role", &role(nonsense)).await;
    }
    let (mia, phone) = (
        app.member(&app.detroit, "Mia", "mia@example.com").await,
        app.phone_of(OMAR).await,
    );
    let other = [
        ("program", "tenant"),
        ("member_id", &mia.id.to_string()),
        ("role", "desk"),
    ];
    let refused = dana.refused("change_role", &other).await;
    assert!(refused.message.unwrap().contains("Nobody of the team"));
    let done = dana.done("change_role", &role("")).await;
    assert_eq!(done, "Sam Stone has no role now.");
    assert_eq!(
        browser.get("/admin/settings").await.status,
        303,
        "signed out"
    );
    phone
        .get("/api/v1/me")
        .await
        .assert_problem(401, "invalid-token");
    assert_eq!(rights_of(&app, OMAR).await, Rights::default());
}

async fn the_last_owner_stays(app: TestApp) {
    let dana = app.detroit_admin().await;
    app.admin(&app.coaching, "cole@example.com").await;
    let id = app
        .find(&app.detroit, "dana@example.com")
        .await
        .unwrap()
        .id
        .to_string();
    for role in ["", "manager", "viewer"] {
        let form = [
            ("program", "tenant"),
            ("member_id", id.as_str()),
            ("role", role),
        ];
        let refused = dana.refused("change_role", &form).await;
        assert!(refused.message.unwrap().contains("There must be an owner"));
    }
    app.staff(&app.detroit, Role::Tenant(TenantRole::Owner), OMAR)
        .await;
    let form = [
        ("program", "tenant"),
        ("member_id", id.as_str()),
        ("role", "manager"),
    ];
    dana.done("change_role", &form).await;
    assert_eq!(dana.get("/admin/team").await.status, 403);
}

async fn two_owners_do_not_remove_each_other(app: TestApp) {
    let dana = app.detroit_admin().await;
    let omar = app
        .staff(&app.detroit, Role::Tenant(TenantRole::Owner), OMAR)
        .await;
    let browser = app.signed_in(OMAR).await;
    let danas = app.find(&app.detroit, "dana@example.com").await.unwrap();
    let form = |id: String| {
        [
            ("program", "tenant".to_owned()),
            ("member_id", id),
            ("role", String::new()),
        ]
    };
    let (first, second) = (form(omar.id.to_string()), form(danas.id.to_string()));
    let first = first
        .each_ref()
        .map(|(name, value)| (*name, value.as_str()));
    let second = second
        .each_ref()
        .map(|(name, value)| (*name, value.as_str()));
    tokio::join!(
        dana.submit("change_role", &first),
        browser.submit("change_role", &second)
    );
    let owners = [
        rights_of(&app, OMAR).await,
        rights_of(&app, "dana@example.com").await,
    ];
    let owners = owners
        .iter()
        .filter(|rights| **rights == tenant(TenantRole::Owner));
    assert_eq!(owners.count(), 1);
}

async fn an_owner_signs_staff_out(app: TestApp) {
    let dana = app.detroit_admin().await;
    let omar = app
        .staff(&app.detroit, Role::Tenant(TenantRole::Manager), OMAR)
        .await;
    let browser = app.signed_in(OMAR).await;
    let form = [("program", "tenant"), ("member_id", &omar.id.to_string())];
    let refused = browser.fetch("end_staff_sessions", &form).await;
    assert_eq!(refused.status, 403);
    dana.done("end_staff_sessions", &form).await;
    assert_eq!(browser.get("/admin/members").await.status, 303);
    browser.sign_in(OMAR).await;
    assert_eq!(
        browser.get("/admin/members").await.status,
        200,
        "the role stays"
    );
}

async fn the_platform_has_a_team_of_its_own(app: TestApp) {
    let dana = app.detroit_admin().await;
    let pat = app.platform_admin(&app.coaching, "pat@example.com").await;
    app.platform_admin(&app.detroit, "quin@example.com").await;
    let quin = app.signed_in("quin@example.com").await;
    assert!(
        !dana
            .get("/admin/team")
            .await
            .text
            .contains("platform program")
    );
    let page = quin.get("/admin/team").await.text;
    assert!(!page.contains("dana@example.com") && page.contains("pat@example.com"));
    assert!(page.contains("Signs in at Motor City Coaching"), "{page}");
    let id = pat.id.to_string();
    let form = [
        ("program", "platform"),
        ("member_id", id.as_str()),
        ("role", "platform_manager"),
    ];
    dana.refused("change_role", &form).await;
    quin.done("change_role", &form).await;
    let now = app.find(&app.coaching, "pat@example.com").await.unwrap();
    assert_eq!(now.rights().platform, Some(PlatformRole::Manager));
    let invited = [("email", OMAR), ("role", "owner")];
    let refused = quin.refused("invite_staff", &invited).await;
    assert!(refused.about("role").is_some());
    let refused = dana.refused(
        "invite_staff",
        &[("email", OMAR), ("role", "platform_manager")],
    );
    assert!(refused.await.about("role").is_some());
    invite(&app, &quin, OMAR, "platform_manager").await;
}
