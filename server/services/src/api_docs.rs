//! Whether a site shows the documentation of the mobile API (`docs/rules.md` 154).

use store::{
    audit_log::{self, Change, Field},
    sites,
};

use crate::{
    Engine,
    rights::{ManageSettings, TenantStaff},
};

/// Sets it.
///
/// # Errors
/// If the database fails.
pub async fn show(
    engine: &Engine,
    admin: &TenantStaff<ManageSettings>,
    shown: bool,
) -> anyhow::Result<()> {
    let words = |shown| Some(if shown { "shown" } else { "not shown" }.to_owned());
    let site_id = admin.site.id();
    let tx = engine.db.begin().await?;
    let Some(before) = sites::lock(&tx, site_id).await? else {
        return Ok(());
    };
    sites::set_api_docs(&tx, site_id, shown).await?;
    let change = Change {
        site_id: Some(site_id),
        actor: Some(&admin.user),
        subject: "Settings",
        now: engine.now(),
    };
    let field = Field {
        name: "Documentation of the mobile API",
        old: words(before.api_docs),
        new: words(shown),
    };
    audit_log::write(&tx, &change, [field]).await?;
    Ok(tx.commit().await?)
}
