//! Whether the preview of a link says who shared it (`docs/rules.md` 185).

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
    let words = |shown| Some(if shown { "shown" } else { "left out" }.to_owned());
    let site_id = admin.site.id();
    let tx = engine.db.begin().await?;
    let Some(before) = sites::lock(&tx, site_id).await? else {
        return Ok(());
    };
    sites::set_previews_without_names(&tx, site_id, !shown).await?;
    let change = Change {
        site_id: Some(site_id),
        actor: Some(&admin.user),
        subject: "Settings",
        now: engine.now(),
    };
    let field = Field {
        name: "First name in link previews",
        old: words(!before.previews_without_names),
        new: words(shown),
    };
    audit_log::write(&tx, &change, [field]).await?;
    Ok(tx.commit().await?)
}
