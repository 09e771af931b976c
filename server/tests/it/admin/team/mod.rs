//! The team: who is invited, with which role, and what the roles may do.

mod blocked;
mod invitations;
mod permissions;
mod roles;

use std::time::Duration;

use domain::account::{Rights, Role, TenantRole};

use crate::support::{Browser, TestApp};

const OMAR: &str = "omar@example.com";
const SUBJECT: &str = "You are invited to join the staff";
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Invites and returns the link of the mail.
async fn invite(app: &TestApp, owner: &Browser, email: &str, role: &str) -> String {
    let form = [("email", email), ("role", role)];
    let done = owner.done("invite_staff", &form).await;
    assert!(done.contains(email), "{done}");
    app.run_jobs().await;
    let mails = app.mailbox.mails();
    let mut mails = mails.iter().rev();
    let mail = mails
        .find(|mail| mail.subject == SUBJECT && mail.to == [email])
        .expect("an invitation");
    let link = mail.link("/invitation").expect("a link");
    link[link.find("/invitation").unwrap()..].to_owned()
}

fn token(link: &str) -> &str {
    link.split_once("token=").unwrap().1
}

async fn rights_of(app: &TestApp, email: &str) -> Rights {
    app.find(&app.detroit, email).await.unwrap().rights()
}

fn tenant(role: TenantRole) -> Rights {
    Rights::default().with(Role::Tenant(role))
}
