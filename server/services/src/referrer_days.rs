//! How many days after registering members can name who referred them (`docs/rules.md` 193).

use domain::forms::{Refusal, read_referrer_days};
use store::{audit_log::Field, sites};

use crate::{
    Engine, changed_site,
    rights::{ManageSettings, TenantStaff},
};

/// Saves what was typed; nothing means never.
///
/// # Errors
/// If the database fails. What is refused is a message beside the field `days`.
pub async fn save(
    engine: &Engine,
    admin: &TenantStaff<ManageSettings>,
    typed: &str,
) -> anyhow::Result<Result<(), Refusal>> {
    let days = match read_referrer_days(typed) {
        Ok(days) => days,
        Err(error) => return Ok(Err(Refusal::fields(vec![error]))),
    };
    let site_id = admin.site.id();
    let tx = engine.db.begin().await?;
    let before = changed_site::lock(&tx, admin).await?;
    sites::set_referrer_days(&tx, site_id, days).await?;
    let field = Field {
        name: "Days in which members can name their referrer",
        old: Some(before.referrer_days.to_string()),
        new: Some(days.to_string()),
    };
    changed_site::record(engine, &tx, admin, [field]).await?;
    tx.commit().await?;
    Ok(Ok(()))
}
