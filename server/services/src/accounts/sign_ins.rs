//! Tells an admin of a sign-in to their account, in a browser or on a phone that is new.

use domain::mail::MailKind;
use server_core::dates;
use store::{entities::user, sites::Site};

use super::{Client, letters::signed_in};
use crate::{Engine, mail};

/// Mails an admin that somebody signed in at `client`; a member who is no admin hears nothing.
///
/// # Errors
/// If the database fails.
pub async fn tell_admin(
    engine: &Engine,
    site: &Site,
    member: &user::Model,
    client: Client<'_>,
) -> anyhow::Result<()> {
    if !member.rights().any() || !engine.mailer.can_send() {
        return Ok(());
    }
    let when = dates::minute(engine.now(), &site.row.time_zone);
    let base_url = engine.base_url(engine.db.reader(), site.id()).await?;
    let letter = signed_in(
        site,
        member,
        (client.name, &client.network(), &when),
        &base_url,
    );
    let tx = engine.db.begin().await?;
    mail::write(engine, &tx, site, member, MailKind::AdminSignedIn, &letter).await?;
    tx.commit().await?;
    engine.queue.wake_workers();
    Ok(())
}
