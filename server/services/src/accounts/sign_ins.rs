//! Tells an admin of a sign-in to their account.

use domain::mail::MailKind;
use server_core::dates;
use store::{entities::user, sites::Site};

use super::letters::signed_in;
use crate::{Engine, mail};

/// Mails an admin that somebody signed in, with `browser` from `network`; a member who is no admin
/// hears nothing.
///
/// # Errors
/// If the database fails.
pub async fn tell_admin(
    engine: &Engine,
    site: &Site,
    member: &user::Model,
    (browser, network): (&str, &str),
    base_url: &str,
) -> anyhow::Result<()> {
    if !member.rights().any() || !engine.mailer.can_send() {
        return Ok(());
    }
    let when = dates::minute(engine.now());
    let letter = signed_in(site, member, (browser, network, &when), base_url);
    let tx = engine.db.begin().await?;
    mail::write(engine, &tx, site, member, MailKind::AdminSignedIn, &letter).await?;
    tx.commit().await?;
    engine.queue.wake_workers();
    Ok(())
}
