//! Sets from which address a site's mail is sent.

use anyhow::Context;
use store::{
    audit_log::{self, Change, Field},
    sites,
};

use super::find;
use crate::Engine;

/// Sets the sender of a site's mail (`docs/rules.md` 111); empty for the installation's. Returns a sentence that says from
/// where mail is sent now.
///
/// # Errors
/// If there is no such site, or it is no address.
pub async fn set_mail_from(
    engine: &Engine,
    site_key: &str,
    address: &str,
) -> anyhow::Result<String> {
    let address = address.trim();
    let new = match address.is_empty() {
        true => None,
        false => Some(mailer::sender(address).with_context(|| {
            format!("--address: {address} is no address; write \"Name <name@example.com>\"")
        })?),
    };
    let site = find(engine, site_key).await?;
    let tx = engine.db.begin().await?;
    sites::set_mail_from(&tx, site.id(), new.as_deref()).await?;
    let change = Change {
        site_id: Some(site.id()),
        actor: None,
        subject: "Settings",
        now: engine.now(),
    };
    let field = Field {
        name: "Sender of mail",
        old: site.row.mail_from,
        new: new.clone(),
    };
    audit_log::write(&tx, &change, [field]).await?;
    tx.commit().await?;
    let sender = new.as_deref().unwrap_or("the address in MAIL_FROM");
    Ok(format!("Mail of {} is sent from {sender}.", site.row.name))
}
