//! A member's e-mail address: proven by a link in a mail, and changed by one to the new address
//! (`docs/rules.md` 61).

use domain::{
    account::{Email, SecurityEvent, Throttle},
    forms::{FieldError, read_new_email},
    mail::{CONFIRM_AGAIN_AFTER, MailKind},
};
use sea_orm::{ConnectionTrait, DbErr};
use store::{
    Timestamp, email_confirmations,
    entities::{email_confirmation, password_reset, user},
    mailed_links,
    sites::Site,
    stripe_customers, users,
};
use time::Duration;

use super::{
    Client, confirmed,
    letters::address_changed,
    links::{hash, mail_link},
    password::{WRONG_PASSWORD, is_password},
    security_log,
    throttle::{self, Limit},
};
use crate::{Engine, mail};

/// The message beside an address to which no more links are mailed now.
pub const TOO_MANY: &str = "Too many links were emailed. Try again in an hour.";

/// What came of a link that confirms an address.
pub enum Confirmed {
    /// The member's address is proven.
    Proven(user::Model),
    /// The member has this new address.
    Changed(user::Model),
    /// Another member has the address by now.
    Taken,
    /// The link was used, replaced, or is too old.
    LinkEnded,
}

/// What came of asking for a link once more.
pub enum MailedAgain {
    Mailed,
    /// One was mailed a moment ago.
    JustMailed,
    /// Too many were mailed.
    TooMany,
    /// Nothing waits to be confirmed.
    NothingToConfirm,
}

/// Mails the link again that a member waits for: to the address that they want to have, or to their
/// own as long as it is not confirmed.
///
/// # Errors
/// If the database fails.
pub async fn mail_link_again(
    engine: &Engine,
    site: &Site,
    member: &user::Model,
) -> anyhow::Result<MailedAgain> {
    let db = engine.db.reader();
    let pending = email_confirmations::of_member(db, member.id, engine.now()).await?;
    if pending.as_ref().is_some_and(|link| is_fresh(engine, link)) {
        return Ok(MailedAgain::JustMailed);
    }
    let own = member.email_confirmed_at.is_none().then_some(&member.email);
    let Some(email) = pending.as_ref().map(|link| &link.email).or(own) else {
        return Ok(MailedAgain::NothingToConfirm);
    };
    if may_mail(engine, member).await?.is_err() {
        return Ok(MailedAgain::TooMany);
    }
    let tx = engine.db.begin().await?;
    mail_link(engine, &tx, site, member, email).await?;
    tx.commit().await?;
    engine.queue.wake_workers();
    Ok(MailedAgain::Mailed)
}

fn is_fresh(engine: &Engine, link: &email_confirmation::Model) -> bool {
    engine.now() - link.requested_at < CONFIRM_AGAIN_AFTER
}

/// Mails a link to the address that `member`, who knows their password, wants to have. Until it is
/// opened, nothing changes.
///
/// # Errors
/// If the database fails. What is refused is a message beside its field, `email` or `password`.
pub async fn ask_to_change(
    engine: &Engine,
    site: &Site,
    member: &user::Model,
    (typed, password): (&str, &str),
) -> anyhow::Result<Result<Email, Vec<FieldError>>> {
    let email = match read_new_email(typed, &member.email) {
        Ok(email) => email,
        Err(error) => return Ok(Err(vec![error])),
    };
    if !is_password(engine, member, password).await? {
        let wrong = FieldError::new("password", WRONG_PASSWORD);
        return Ok(Err(vec![wrong]));
    }
    let db = engine.db.reader();
    if users::is_held(db, site.id(), &email, Some(member.id)).await? {
        return Ok(Err(vec![taken_by_another()]));
    }
    let pending = email_confirmations::of_member(db, member.id, engine.now()).await?;
    let is_same = |link: &email_confirmation::Model| link.email == email.as_str();
    if pending.is_some_and(|link| is_same(&link) && is_fresh(engine, &link)) {
        return Ok(Ok(email));
    }
    if may_mail(engine, member).await?.is_err() {
        return Ok(Err(vec![FieldError::new("email", TOO_MANY)]));
    }
    let tx = engine.db.begin().await?;
    mail_link(engine, &tx, site, member, email.as_str()).await?;
    tx.commit().await?;
    engine.queue.wake_workers();
    Ok(Ok(email))
}

/// Counts a link that the member has mailed, perhaps to a stranger's address.
async fn may_mail(engine: &Engine, member: &user::Model) -> anyhow::Result<Result<(), Duration>> {
    let name = format!("confirm mails:{}", member.id);
    let limit = Limit::new(engine, &name, (Throttle::CONFIRM_MAILS, false));
    throttle::count(engine, &[limit]).await
}

fn taken_by_another() -> FieldError {
    FieldError::new("email", "This email address already has another account.")
}

/// Ends the link that the member waits for.
///
/// # Errors
/// If the database fails.
pub async fn cancel(engine: &Engine, member: &user::Model) -> anyhow::Result<()> {
    let db = engine.db.writer();
    Ok(mailed_links::end_all::<email_confirmation::Entity>(db, member.id).await?)
}

/// The address that the link with this token confirms; `None` if the link does not work.
///
/// # Errors
/// If the database fails.
pub async fn of_link(engine: &Engine, site: &Site, token: &str) -> anyhow::Result<Option<String>> {
    let (db, now) = (engine.db.reader(), engine.now());
    let link = link_of(db, site, token, now).await?;
    Ok(link.map(|link| link.email))
}

async fn link_of(
    db: &impl ConnectionTrait,
    site: &Site,
    token: &str,
    now: Timestamp,
) -> Result<Option<email_confirmation::Model>, DbErr> {
    mailed_links::by_token::<email_confirmation::Entity>(db, site.id(), &hash(token), now).await
}

/// Uses the link with this token: the member's address is proven, or is the new one from now on.
///
/// # Errors
/// If the database fails.
pub async fn confirm(
    engine: &Engine,
    site: &Site,
    token: &str,
    client: Client<'_>,
) -> anyhow::Result<Confirmed> {
    let tx = engine.db.begin().await?;
    let now = engine.now();
    let Some(link) = link_of(&tx, site, token, now).await? else {
        return Ok(Confirmed::LinkEnded);
    };
    let member = users::by_id(&tx, site.id(), link.user_id).await?;
    // Of two that use the link at once, one finds it.
    let is_first = mailed_links::end::<email_confirmation::Entity>(&tx, link.id).await?;
    let (Some(member), true) = (member, is_first) else {
        return Ok(Confirmed::LinkEnded);
    };
    if link.email == member.email {
        let waiting = confirmed::set_confirmed(engine, &tx, site, member.id).await?;
        tx.commit().await?;
        confirmed::decide(engine, waiting).await;
        return Ok(Confirmed::Proven(member));
    }
    let Some(email) = Email::parse(&link.email) else {
        return Ok(Confirmed::LinkEnded);
    };
    let Some(changed) = users::set_email(&tx, &member, &email, now).await? else {
        return Ok(Confirmed::Taken);
    };
    // A link to the former address must not open the account any more.
    mailed_links::end_all::<password_reset::Entity>(&tx, member.id).await?;
    stripe_customers::set_email_due(&tx, member.id).await?;
    let event = SecurityEvent::EmailChanged;
    security_log::write(engine, &tx, &changed, event, client).await?;
    let base_url = engine.base_url(&tx, site.id()).await?;
    let letter = address_changed(site, &member, &changed.email, &base_url);
    for hears in [&member, &changed] {
        mail::write(engine, &tx, site, hears, MailKind::EmailChanged, &letter).await?;
    }
    let waiting = confirmed::waiting(&tx, site, member.id).await?;
    tx.commit().await?;
    engine.queue.wake_workers();
    confirmed::decide(engine, waiting).await;
    Ok(Confirmed::Changed(changed))
}
