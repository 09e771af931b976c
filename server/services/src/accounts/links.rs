//! The link in a mail that proves an address. The database knows only the hash of its secret.

use domain::mail::{CONFIRM_LINK_WORKS, MailKind};
use sea_orm::DatabaseTransaction;
use sha2::{Digest, Sha256};
use store::{email_confirmations, entities::user, sites::Site};

use super::letters::confirm_address;
use crate::{Engine, mail};

/// What the database stores of a link's token: SHA-256 in hexadecimal digits.
pub fn hash(token: &str) -> String {
    hex::encode(Sha256::digest(token))
}

/// Mails a link to `email`, the member's address or the one that they want to have. An earlier link
/// ends. Nothing where no mail can be sent. Call `wake_workers` after the commit.
///
/// # Errors
/// If the database fails.
pub async fn mail_link(
    engine: &Engine,
    tx: &DatabaseTransaction,
    site: &Site,
    member: &user::Model,
    email: &str,
) -> anyhow::Result<()> {
    if !engine.mailer.can_send() {
        return Ok(());
    }
    let (token, now) = (engine.random.token(), engine.now());
    let expires_at = now + CONFIRM_LINK_WORKS;
    email_confirmations::put(tx, member, email, hash(&token), now, expires_at).await?;
    let base_url = engine.base_url(tx, site.id()).await?;
    let letter = confirm_address(site, member, email, &base_url, &token);
    let to = mail::Recipient {
        user_id: Some(member.id),
        address: email,
    };
    mail::write_to(engine, tx, site, to, MailKind::ConfirmEmail, &letter).await
}
