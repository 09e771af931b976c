//! Whether a site counts only friends who confirmed their e-mail address (`docs/rules.md` 74).

use store::{
    audit_log::{self, Change, Field},
    purchases, sites,
};

use crate::{
    Engine,
    accounts::confirmed,
    rights::{ManageSettings, TenantStaff},
};

/// Sets it. What waited for a confirmed address is decided at once when the site stops asking for it.
///
/// # Errors
/// If the database fails.
pub async fn set(
    engine: &Engine,
    admin: &TenantStaff<ManageSettings>,
    only: bool,
) -> anyhow::Result<()> {
    let words = |only| Some(if only { "confirmed ones" } else { "all" }.to_owned());
    let site_id = admin.site.id();
    let tx = engine.db.begin().await?;
    let Some(before) = sites::lock(&tx, site_id).await? else {
        return Ok(());
    };
    sites::set_confirmed_friends_only(&tx, site_id, only).await?;
    let change = Change {
        site_id: Some(site_id),
        actor: Some(&admin.user),
        subject: "Settings",
        now: engine.now(),
    };
    let field = Field {
        name: "Friends who count",
        old: words(before.confirmed_friends_only),
        new: words(only),
    };
    audit_log::write(&tx, &change, [field]).await?;
    let waiting = match only {
        true => Vec::new(),
        false => purchases::decide_unconfirmed_again(&tx, site_id, None).await?,
    };
    tx.commit().await?;
    confirmed::decide(engine, waiting).await;
    Ok(())
}
