//! Invites somebody to the staff, by a link in a mail (`docs/rules.md` 85).

use domain::{
    account::{Email, Permission, Role, SiteKind, Throttle, team},
    forms::{FieldError, Refusal},
    mail::MailKind,
};
use sea_orm::DatabaseTransaction;
use store::{
    InvitationId,
    audit_log::Field,
    entities::{invitation, user},
    invitations::{self, NewInvitation},
    mailed_links, users,
};

use super::{By, note_about};
use crate::{
    Engine,
    accounts::{
        link_hash,
        throttle::{self, Limit},
    },
    mail::{self, Letter, Link, Recipient},
};

/// The path of the page that the link opens.
const PATH: &str = "/invitation";
/// `audit_log.field` of an invitation.
const INVITATION: &str = "Invitation";

const CANNOT_MAIL: &str = "This server sends no email, so it cannot invite anybody. Its operator can set \
    up email, or make a member staff with `server admin create --promote`.";
const TOO_MANY: &str = "This site sent many invitations. Try again in an hour.";

/// What came of inviting somebody.
pub enum Invited {
    /// The link is on its way to this address.
    Mailed(String),
    Refused(Refusal),
}

/// Mails a link to `typed`, with which whoever reads that mail gets `role`.
///
/// # Errors
/// If the database fails.
pub async fn invite(
    engine: &Engine,
    by: By<'_>,
    (typed, role): (&str, Option<Role>),
) -> anyhow::Result<Invited> {
    let refused = |field, message| {
        let error = FieldError::new(field, message);
        Ok(Invited::Refused(Refusal::fields(vec![error])))
    };
    let Some(role) = role else {
        return refused("role", "Choose a role.");
    };
    let program = team::program_of(role);
    let here = by.site.kind() == SiteKind::Tenant || role.is_platform();
    if !by.rights.may(program, Permission::ManageTeam) || !here {
        return refused("role", team::TeamRefusal::NotYours.sentence());
    }
    let Some(email) = Email::parse(typed) else {
        return refused("email", "Enter an email address, like name@example.com.");
    };
    if !engine.mailer.can_send() {
        return Ok(Invited::Refused(Refusal::message(CANNOT_MAIL)));
    }
    let name = format!("invitations:{}", by.site.id());
    let limit = Limit::new(engine, &name, (Throttle::INVITATIONS, false));
    if throttle::count(engine, &[limit]).await?.is_err() {
        return Ok(Invited::Refused(Refusal::message(TOO_MANY)));
    }
    let (tx, now) = (engine.db.begin().await?, engine.now());
    let member = users::by_email(&tx, by.site.id(), &email).await?;
    if let Some(member) = &member {
        if member
            .rights()
            .roles()
            .any(|has| team::program_of(has) == program)
        {
            return refused("email", "They have a role already. Change it in the list.");
        }
        if member.blocked_at.is_some() {
            return refused("email", "This member is blocked. Unblock them first.");
        }
    }
    let token = engine.random.token();
    let new = NewInvitation {
        site_id: by.site.id(),
        email: &email,
        role,
        token_hash: link_hash(&token),
        invited_by: by.actor.id,
        expires_at: now + team::INVITATION_WORKS,
    };
    invitations::put(&tx, new, now).await?;
    let invited = Field {
        name: INVITATION,
        old: None,
        new: Some(role.label().to_owned()),
    };
    note_about(&tx, engine, by, (email.as_str(), program), [invited]).await?;
    mail_link(engine, &tx, by, (&email, member.as_ref()), (role, &token)).await?;
    tx.commit().await?;
    engine.queue.wake_workers();
    Ok(Invited::Mailed(email.as_str().to_owned()))
}

/// Withdraws an invitation: its link does not work any more. `None` if there is none.
///
/// # Errors
/// If the database fails.
pub async fn withdraw(
    engine: &Engine,
    by: By<'_>,
    id: InvitationId,
) -> anyhow::Result<Option<String>> {
    let tx = engine.db.begin().await?;
    let Some(invitation) = invitations::by_id(&tx, by.site.id(), id).await? else {
        return Ok(None);
    };
    let program = team::program_of(*invitation.role);
    if !by.rights.may(program, Permission::ManageTeam)
        || !mailed_links::end::<invitation::Entity>(&tx, id).await?
    {
        return Ok(None);
    }
    let withdrawn = Field {
        name: INVITATION,
        old: Some(invitation.role.label().to_owned()),
        new: None,
    };
    note_about(&tx, engine, by, (&invitation.email, program), [withdrawn]).await?;
    tx.commit().await?;
    Ok(Some(invitation.email))
}

async fn mail_link(
    engine: &Engine,
    tx: &DatabaseTransaction,
    by: By<'_>,
    (email, member): (&Email, Option<&user::Model>),
    (role, token): (Role, &str),
) -> anyhow::Result<()> {
    let base_url = engine.base_url(tx, by.site.id()).await?;
    let name = &by.site.row.name;
    let inviter = format!("{} {}", by.actor.first_name, by.actor.last_name);
    let letter = Letter {
        subject: "You are invited to join the staff",
        first_name: member.map_or("", |member| &member.first_name),
        before: vec![format!(
            "{inviter} invited you to join the staff of {name}. Your role: {}.",
            role.label()
        )],
        link: Some(Link {
            label: "See the invitation",
            url: format!("{base_url}{PATH}?token={token}"),
        }),
        after: vec![
            "The link works once, for seven days.".to_owned(),
            format!("If you do not know {name}, you can ignore this email."),
        ],
        site_name: name,
        base_url: &base_url,
        unsubscribe: None,
    };
    let to = Recipient {
        user_id: member.map(|member| member.id),
        address: email.as_str(),
    };
    mail::write_to(engine, tx, by.site, to, MailKind::Invitation, &letter).await
}
