//! Checks an e-mail address and a password, in the same way for the web and the mobile app.

use domain::account::{Email, SecurityEvent};
use store::{entities::user, sites::Site, users};
use time::Duration;

use super::{
    Client, attempts::Attempt, passwords::Verified, second_factor, security_log, sign_ins,
};
use crate::Engine;

/// The result of an attempt to sign in.
pub enum SignedIn {
    Member(Box<user::Model>),
    /// They are right, and the code of the member's second factor is needed too (`second_factor`).
    NeedsCode(Box<user::Model>),
    /// They are right, and the member is kept out.
    Blocked,
    /// The address or the password is wrong.
    Wrong,
}

/// Finds the member of `site` with this e-mail address and password.
///
/// # Errors
/// If the database fails. If there were too many wrong passwords: how long to wait.
pub async fn sign_in(
    engine: &Engine,
    site: &Site,
    (email, password): (&str, &str),
    client: Client<'_>,
) -> anyhow::Result<Result<SignedIn, Duration>> {
    let parsed = Email::parse(email);
    let account = parsed
        .as_ref()
        .map_or_else(|| email.to_lowercase(), Email::key);
    let member = match &parsed {
        Some(email) => users::by_email(engine.db.reader(), site.id(), email).await?,
        None => None,
    };
    let begun = Attempt::begin(engine, site, &account, member.as_ref(), client).await?;
    let attempt = match begun {
        Ok(attempt) => attempt,
        Err(wait) => return Ok(Err(wait)),
    };
    let hash = member.as_ref().map(|member| member.password_hash.as_str());
    let verified = attempt.verify(password, hash).await?;
    let Some(member) = member.as_ref().filter(|_| verified.is_right()) else {
        attempt.was_wrong(SecurityEvent::WrongPassword).await?;
        return Ok(Ok(SignedIn::Wrong));
    };
    if let Verified::Outdated(renewed) = verified {
        users::renew_password_hash(engine.db.writer(), member, renewed).await?;
    }
    attempt.was_right().await?;
    if member.blocked_at.is_some() {
        return Ok(Ok(SignedIn::Blocked));
    }
    if second_factor::of(engine, member).await?.is_some() {
        let event = SecurityEvent::CodeAsked;
        security_log::write(engine, engine.db.writer(), member, event, client).await?;
        return Ok(Ok(SignedIn::NeedsCode(Box::new(member.clone()))));
    }
    enter_account(engine, site, member, attempt.is_known, client).await?;
    Ok(Ok(SignedIn::Member(Box::new(member.clone()))))
}

/// Records that `member` signed in at `client`, which is known or new.
pub(super) async fn enter_account(
    engine: &Engine,
    site: &Site,
    member: &user::Model,
    is_known: bool,
    client: Client<'_>,
) -> anyhow::Result<()> {
    let event = match is_known {
        true => SecurityEvent::SignedIn,
        false => SecurityEvent::SignedInAnew,
    };
    security_log::write(engine, engine.db.writer(), member, event, client).await?;
    match is_known {
        true => Ok(()),
        false => sign_ins::tell_admin(engine, site, member, client).await,
    }
}
