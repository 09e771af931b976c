//! What members send along with their link (`docs/rules.md` 189).

use domain::{forms::Refusal, sharing::read_message};
use store::{audit_log::Field, sites};

use crate::{
    Engine, changed_site,
    rights::{ManageSettings, TenantStaff},
};

/// Saves what was typed; an empty text stands for our own words.
///
/// # Errors
/// If the database fails. What is refused is a message beside the field `message`.
pub async fn save(
    engine: &Engine,
    admin: &TenantStaff<ManageSettings>,
    typed: &str,
) -> anyhow::Result<Result<(), Refusal>> {
    let message = match read_message(typed) {
        Ok(message) => message,
        Err(error) => return Ok(Err(Refusal::fields(vec![error]))),
    };
    let site_id = admin.site.id();
    let tx = engine.db.begin().await?;
    let before = changed_site::lock(&tx, admin).await?;
    sites::set_share_message(&tx, site_id, message.as_deref()).await?;
    let field = Field {
        name: "Message with a shared link",
        old: before.share_message,
        new: message,
    };
    changed_site::record(engine, &tx, admin, [field]).await?;
    tx.commit().await?;
    Ok(Ok(()))
}
