//! Changes a member's password, and ends what the old one opened.

use domain::{account::SecurityEvent, forms::FieldError, mail::MailKind};
use sea_orm::DatabaseTransaction;
use store::{admins, entities::user, sites::Site, users};

use super::{Client, new_password::refused_for, security_log};
use crate::{
    Engine,
    mail::{self, Letter, Link},
};

/// The message beside a current password that is wrong.
pub const WRONG_PASSWORD: &str = "This is not your password.";

/// Replaces the password of `member`, who knows the current one, and returns the member, with a new
/// session version.
///
/// # Errors
/// If the database fails. Passwords that are wrong or refused are messages beside their fields,
/// `current` and `password`.
pub async fn change(
    engine: &Engine,
    site: &Site,
    member: &user::Model,
    (current, new): (&str, &str),
    client: Client<'_>,
) -> anyhow::Result<Result<user::Model, Vec<FieldError>>> {
    if !is_password(engine, member, current).await? {
        let wrong = FieldError::new("current", WRONG_PASSWORD);
        return Ok(Err(vec![wrong]));
    }
    if let Some(complaint) = refused_for(engine, site, member, new).await? {
        return Ok(Err(vec![complaint]));
    }
    let password_hash = engine.passwords.hash(new).await?;
    let tx = engine.db.begin().await?;
    replace(engine, &tx, site, member, password_hash).await?;
    let event = SecurityEvent::PasswordChanged;
    security_log::write(engine, &tx, member, event, client).await?;
    let changed = users::by_id(&tx, site.id(), member.id).await?;
    tx.commit().await?;
    engine.queue.wake_workers();
    changed
        .map(Ok)
        .ok_or_else(|| anyhow::anyhow!("the member is gone"))
}

/// Whether `typed` is the member's password.
///
/// # Errors
/// If the stored hash cannot be read.
pub async fn is_password(
    engine: &Engine,
    member: &user::Model,
    typed: &str,
) -> anyhow::Result<bool> {
    let hash = Some(member.password_hash.as_str());
    Ok(engine.passwords.verify(typed, hash).await?.is_right())
}

/// Stores the new password, ends every session, token and link that the old one opened, and mails
/// the member.
pub(super) async fn replace(
    engine: &Engine,
    tx: &DatabaseTransaction,
    site: &Site,
    member: &user::Model,
    password_hash: String,
) -> anyhow::Result<()> {
    admins::set_password(tx, member, password_hash).await?;
    let base_url = engine.base_url(tx, site.id()).await?;
    let letter = letter(site, member, &base_url);
    mail::write(engine, tx, site, member, MailKind::PasswordChanged, &letter).await?;
    Ok(())
}

fn letter<'a>(site: &'a Site, member: &'a user::Model, base_url: &'a str) -> Letter<'a> {
    Letter {
        subject: "Your password was changed",
        first_name: &member.first_name,
        before: vec![
            format!(
                "The password of your account at {} was changed.",
                site.row.name
            ),
            "Every browser and phone that was signed in has been signed out.".to_owned(),
            "If this was not you, choose a new password right away.".to_owned(),
        ],
        link: Some(Link {
            label: "Choose a new password",
            url: format!("{base_url}/forgot-password"),
        }),
        after: Vec::new(),
        site_name: &site.row.name,
        base_url,
        unsubscribe: None,
    }
}
