//! Accepts an invitation: the link proves the address, so nobody else can (`docs/rules.md` 85).

use domain::{
    account::{Email, Permission, Role, SecurityEvent, team},
    forms::{FieldError, RegistrationForm},
};
use store::{
    PurchaseId, admins,
    audit_log::{self, Change},
    entities::{invitation, user},
    mailed_links,
    sites::Site,
    users,
};

use crate::{
    Engine,
    accounts::{self, Client, Proof, ReferredBy, Registered, confirmed, link_hash, security_log},
    operator::admins::rights_field,
};

/// An invitation whose link works.
pub struct Offer {
    pub role: Role,
    /// To whom it was mailed.
    pub email: String,
    /// The name of who invites.
    pub inviter: String,
    /// The member with this address, if there is one.
    pub member: Option<user::Model>,
}

/// What came of accepting.
pub enum Accepted {
    /// The member, who has the role now, and whose other sessions have ended.
    Member(Box<user::Model>),
    /// The link was used or withdrawn, is too old, or whoever invited may not do so any more.
    Ended,
    /// The invitation is for another address than the member's.
    NotTheirs,
    /// They have a role in this program, which an owner can change.
    HasRole,
    /// What is wrong with the form of somebody who has no account yet.
    Refused(Vec<FieldError>),
}

/// What the link with this token offers; `None` if it does not work.
///
/// # Errors
/// If the database fails.
pub async fn offer(engine: &Engine, site: &Site, token: &str) -> anyhow::Result<Option<Offer>> {
    let Some((invitation, inviter)) = working(engine, site, token).await? else {
        return Ok(None);
    };
    let member = match Email::parse(&invitation.email) {
        Some(email) => users::by_email(engine.db.reader(), site.id(), &email).await?,
        None => None,
    };
    Ok(Some(Offer {
        role: *invitation.role,
        inviter: format!("{} {}", inviter.first_name, inviter.last_name),
        email: invitation.email,
        member,
    }))
}

/// Gives the role to `member`, who is signed in. Every session and token of theirs ends: the caller
/// signs them in again here.
///
/// # Errors
/// If the database fails.
pub async fn accept(
    engine: &Engine,
    site: &Site,
    member: &user::Model,
    token: &str,
    client: Client<'_>,
) -> anyhow::Result<Accepted> {
    let Some((invitation, _)) = working(engine, site, token).await? else {
        return Ok(Accepted::Ended);
    };
    let theirs = Email::parse(&member.email);
    if theirs.is_none_or(|email| email.key() != invitation.email_key) {
        return Ok(Accepted::NotTheirs);
    }
    give(engine, site, member, &invitation, client).await
}

/// Registers whoever reads the mail of an address without account, with the role.
///
/// # Errors
/// If the database fails.
pub async fn enrol(
    engine: &Engine,
    site: &Site,
    form: &RegistrationForm,
    token: &str,
    client: Client<'_>,
) -> anyhow::Result<Accepted> {
    let Some((invitation, _)) = working(engine, site, token).await? else {
        return Ok(Accepted::Ended);
    };
    let form = RegistrationForm {
        email: invitation.email.clone(),
        ..form.clone()
    };
    let nobody = ReferredBy::default();
    let member = match accounts::enrol(engine, site, &form, nobody, Proof::Operator).await? {
        Registered::Member { user, .. } => user,
        Registered::Refused(errors) => return Ok(Accepted::Refused(errors)),
        Registered::Taken => return Ok(Accepted::Refused(vec![accounts::taken()])),
        Registered::NotHere => return Ok(Accepted::Ended),
    };
    give(engine, site, &member, &invitation, client).await
}

async fn give(
    engine: &Engine,
    site: &Site,
    member: &user::Model,
    invitation: &invitation::Model,
    client: Client<'_>,
) -> anyhow::Result<Accepted> {
    let (tx, role) = (engine.db.begin().await?, *invitation.role);
    let program = team::program_of(role);
    // The roles may have changed since the page was opened.
    let Some(member) = admins::lock(&tx, site.id(), member.id).await? else {
        return Ok(Accepted::Ended);
    };
    let old = member.rights();
    if old.roles().any(|has| team::program_of(has) == program) {
        return Ok(Accepted::HasRole);
    }
    // Of two that use the link at once, one finds it.
    if member.blocked_at.is_some()
        || !mailed_links::end::<invitation::Entity>(&tx, invitation.id).await?
    {
        return Ok(Accepted::Ended);
    }
    let new = old.with(role);
    admins::change_rights(&tx, &member, (old, new)).await?;
    // A role is worth more than what a session of before was trusted with.
    admins::end_sessions(&tx, &member).await?;
    let waiting = confirmed::set_confirmed(engine, &tx, site, member.id).await?;
    let change = Change {
        site_id: (!role.is_platform()).then(|| site.id()),
        actor: Some(&member),
        subject: &format!("{} {}", member.first_name, member.last_name),
        now: engine.now(),
    };
    audit_log::write(&tx, &change, [rights_field(old, new)]).await?;
    let event = SecurityEvent::RightsChanged;
    security_log::write(engine, &tx, &member, event, client).await?;
    tx.commit().await?;
    finish(engine, site, &member, waiting).await
}

async fn finish(
    engine: &Engine,
    site: &Site,
    member: &user::Model,
    waiting: Vec<PurchaseId>,
) -> anyhow::Result<Accepted> {
    confirmed::decide(engine, waiting).await;
    let member = users::by_id(engine.db.reader(), site.id(), member.id).await?;
    Ok(member.map_or(Accepted::Ended, |member| Accepted::Member(Box::new(member))))
}

/// The invitation whose link has this token, and who wrote it, if they may still do so.
async fn working(
    engine: &Engine,
    site: &Site,
    token: &str,
) -> anyhow::Result<Option<(invitation::Model, user::Model)>> {
    let (db, now) = (engine.db.reader(), engine.now());
    let (id, hash) = (site.id(), link_hash(token));
    let found = mailed_links::by_token::<invitation::Entity>(db, id, &hash, now).await?;
    let Some(invitation) = found else {
        return Ok(None);
    };
    let inviter = users::by_id(db, site.id(), invitation.invited_by_user_id).await?;
    let program = team::program_of(*invitation.role);
    let inviter = inviter.filter(|inviter| inviter.rights().may(program, Permission::ManageTeam));
    Ok(inviter.map(|inviter| (invitation, inviter)))
}
