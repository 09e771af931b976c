//! Invitations to the team: by mail, for one address, and worth what who invited may still do.

use std::{net::Ipv4Addr, time::Duration};

use domain::{
    account::{Rights, Role, TenantRole},
    credit::Program,
};
use services::{
    accounts::Client,
    jobs::sweep,
    operator::admins,
    team::{self, Accepted},
};

use super::{DAY, OMAR, invite, rights_of, tenant, token};
use crate::support::{TestApp, on_both_databases};

on_both_databases!(
    with mail:
    a_member_is_invited_and_accepts,
    somebody_without_an_account_gets_one,
    a_link_works_once_for_one_address_and_seven_days,
    the_invitation_of_who_is_no_owner_any_more_ends,
    a_squatter_does_not_become_staff,
    a_role_that_was_taken_meanwhile_does_not_come_back,
    withdrawn_invitations_count,
);

async fn a_member_is_invited_and_accepts(app: TestApp) {
    let dana = app.detroit_admin().await;
    app.member(&app.detroit, "Omar", OMAR).await;
    let (omar, phone) = (app.signed_in(OMAR).await, app.phone_of(OMAR).await);
    assert_eq!(omar.get("/admin/members").await.status, 403);
    let link = invite(&app, &dana, OMAR, "desk").await;
    assert!(
        dana.get("/admin/team")
            .await
            .text
            .contains("Open invitations")
    );
    let visitor = app.browser().get(&link).await;
    assert!(
        visitor.text.contains("has an account here"),
        "{}",
        visitor.text
    );
    let page = omar.get(&link).await;
    for words in [
        "Dana Stone",
        "Detroit Arms",
        "Desk",
        "Record and undo sales",
    ] {
        assert!(page.text.contains(words), "{words}");
    }
    let to = omar
        .go("accept_invitation", &[("token", token(&link))])
        .await;
    assert_eq!(to, "/admin");
    assert_eq!(rights_of(&app, OMAR).await, tenant(TenantRole::Desk));
    assert_eq!(omar.get("/admin/members").await.status, 200);
    // What was signed in with less is not trusted with more.
    phone
        .get("/api/v1/me")
        .await
        .assert_problem(401, "invalid-token");
    let member = app.find(&app.detroit, OMAR).await.unwrap();
    assert!(member.email_confirmed_at.is_some(), "the link proves it");
    let log = app.audit_rows().await;
    let last = log.last().unwrap();
    assert_eq!(
        (
            last.subject.as_str(),
            last.field.as_str(),
            last.new_value.as_deref()
        ),
        ("Omar Stone", "Role", Some("Desk"))
    );
    assert!(
        dana.get("/admin/settings?tab=security")
            .await
            .text
            .contains("Role changed")
    );
}

async fn somebody_without_an_account_gets_one(app: TestApp) {
    let dana = app.detroit_admin().await;
    let link = invite(&app, &dana, OMAR, "manager").await;
    let omar = app.browser();
    let page = omar.get(&link).await.text;
    assert!(page.contains("Create the account and accept"), "{page}");
    let typed = [
        ("token", token(&link)),
        ("first_name", "Omar"),
        ("last_name", "Reyes"),
        ("date_of_birth", "1990-01-15"),
    ];
    let weak = [&typed[..], &[("password", "omar")]].concat();
    let refused = omar.refused("enrol_staff", &weak).await;
    assert!(refused.about("password").is_some());
    let form = [&typed[..], &[("password", "green range wednesday")]].concat();
    assert_eq!(omar.go("enrol_staff", &form).await, "/admin");
    assert_eq!(rights_of(&app, OMAR).await, tenant(TenantRole::Manager));
    assert_eq!(omar.get("/admin/settings").await.status, 200);
    assert_eq!(omar.get("/admin/team").await.status, 403);
    omar.refused("enrol_staff", &form).await;
}

async fn a_link_works_once_for_one_address_and_seven_days(app: TestApp) {
    app.stop_our_clock();
    let dana = app.detroit_admin().await;
    app.member(&app.detroit, "Omar", OMAR).await;
    app.member(&app.detroit, "Mia", "mia@example.com").await;
    let (omar, mia) = (
        app.signed_in(OMAR).await,
        app.signed_in("mia@example.com").await,
    );
    let link = invite(&app, &dana, OMAR, "viewer").await;
    let page = mia.get(&link).await.text;
    assert!(page.contains("signed in as mia@example.com"), "{page}");
    let form = [("token", token(&link))];
    let refused = mia.refused("accept_invitation", &form).await;
    assert!(refused.message.unwrap().contains("another email address"));
    assert_eq!(
        app.browser().go("accept_invitation", &form).await,
        "/sign-in"
    );
    // Another invitation to the same role ends the first.
    let second = invite(&app, &dana, OMAR, "viewer").await;
    assert!(omar.get(&link).await.text.contains("no longer works"));
    app.advance(7 * DAY);
    omar.sign_in(OMAR).await;
    let late = [("token", token(&second))];
    omar.refused("accept_invitation", &late).await;
    dana.sign_in("dana@example.com").await;
    let third = invite(&app, &dana, OMAR, "viewer").await;
    let form = [("token", token(&third))];
    omar.go("accept_invitation", &form).await;
    omar.refused("accept_invitation", &form).await;
    let again = [("email", OMAR), ("role", "manager")];
    let refused = dana.refused("invite_staff", &again).await;
    assert!(
        refused
            .about("email")
            .unwrap()
            .contains("have a role already")
    );
    app.advance(8 * DAY);
    sweep::round(&app.state).await.unwrap();
    app.leave_jobs();
}

async fn the_invitation_of_who_is_no_owner_any_more_ends(app: TestApp) {
    let dana = app.detroit_admin().await;
    app.staff(
        &app.detroit,
        Role::Tenant(TenantRole::Owner),
        "olga@example.com",
    )
    .await;
    app.member(&app.detroit, "Omar", OMAR).await;
    let (olga, omar) = (
        app.signed_in("olga@example.com").await,
        app.signed_in(OMAR).await,
    );
    let link = invite(&app, &olga, OMAR, "owner").await;
    let id = app.find(&app.detroit, "olga@example.com").await.unwrap().id;
    let form = [
        ("program", "tenant"),
        ("member_id", &id.to_string()),
        ("role", "manager"),
    ];
    dana.done("change_role", &form).await;
    assert!(omar.get(&link).await.text.contains("no longer works"));
    omar.refused("accept_invitation", &[("token", token(&link))])
        .await;
    assert_eq!(rights_of(&app, OMAR).await, Rights::default());
    // One that is withdrawn ends too.
    let link = invite(&app, &dana, OMAR, "desk").await;
    let page = dana.get("/admin/team").await.text;
    let (_, rest) = page
        .split_once(r#"action="/rpc/withdraw_invitation""#)
        .unwrap();
    let (_, rest) = rest.split_once(r#"value=""#).unwrap();
    let id = rest.split_once('"').unwrap().0;
    dana.done("withdraw_invitation", &[("id", id)]).await;
    dana.refused("withdraw_invitation", &[("id", id)]).await;
    omar.refused("accept_invitation", &[("token", token(&link))])
        .await;
    app.leave_jobs();
}

/// Whoever registered the address does not read its mail.
async fn a_squatter_does_not_become_staff(app: TestApp) {
    let dana = app.detroit_admin().await;
    app.member(&app.detroit, "Squat", OMAR).await;
    let squatter = app.signed_in(OMAR).await;
    let link = invite(&app, &dana, OMAR, "owner").await;
    assert_eq!(squatter.get("/admin/team").await.status, 403);
    // The owner of the address resets the password, which ends the squatter's session, and accepts.
    app.browser()
        .done("forgot_password", &[("email", OMAR)])
        .await;
    app.run_jobs().await;
    app.run_jobs().await;
    let mails = app.mailbox.mails();
    let reset = mails
        .iter()
        .rev()
        .find_map(|mail| mail.link("/reset-password"));
    let reset = &reset.unwrap();
    let omar = app.browser();
    let form = [
        ("token", token(reset)),
        ("password", "green range wednesday"),
    ];
    omar.done("reset_password", &form).await;
    omar.go(
        "sign_in",
        &[("email", OMAR), ("password", "green range wednesday")],
    )
    .await;
    omar.go("accept_invitation", &[("token", token(&link))])
        .await;
    assert_eq!(squatter.get("/admin/team").await.status, 303);
    app.leave_jobs();
}

async fn a_role_that_was_taken_meanwhile_does_not_come_back(app: TestApp) {
    let dana = app.detroit_admin().await;
    let before = app.platform_admin(&app.detroit, OMAR).await;
    let link = invite(&app, &dana, OMAR, "viewer").await;
    let platform = [Program::Platform];
    admins::revoke(&app.state, "detroit-arms", OMAR, &platform)
        .await
        .unwrap();
    let client = Client {
        address: Ipv4Addr::LOCALHOST.into(),
        name: "Firefox on Linux",
        device_token: None,
    };
    // The request had read the member before.
    let site = app.site().await;
    let accepted = team::accept(&app.state, &site, &before, token(&link), client).await;
    assert!(matches!(accepted.unwrap(), Accepted::Member(_)));
    assert_eq!(rights_of(&app, OMAR).await, tenant(TenantRole::Viewer));
}

async fn withdrawn_invitations_count(app: TestApp) {
    app.stop_our_clock();
    let dana = app.detroit_admin().await;
    let form = [("email", OMAR), ("role", "viewer")];
    for _ in 0..20 {
        dana.done("invite_staff", &form).await;
    }
    let refused = dana.refused("invite_staff", &form).await;
    assert!(refused.message.unwrap().contains("Try again in an hour"));
    app.advance(Duration::from_secs(60 * 60));
    dana.sign_in("dana@example.com").await;
    dana.done("invite_staff", &form).await;
    app.leave_jobs();
}
