//! Whether a site counts only friends who confirmed their e-mail address (`docs/rules.md` 74).

use store::purchases;

use crate::{
    Engine,
    accounts::confirmed,
    rights::{ManageSettings, TenantStaff},
    site_switch::{self, SiteSwitch},
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
    let tx = engine.db.begin().await?;
    let switch = (SiteSwitch::ConfirmedFriends, only);
    site_switch::set_in(engine, &tx, admin, switch).await?;
    let waiting = match only {
        true => Vec::new(),
        false => purchases::decide_unconfirmed_again(&tx, admin.site.id(), None).await?,
    };
    tx.commit().await?;
    confirmed::decide(engine, waiting).await;
    Ok(())
}
