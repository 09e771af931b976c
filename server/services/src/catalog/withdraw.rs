//! Takes a product off the catalog, and puts it back.

use anyhow::ensure;
use domain::forms::Refusal;
use store::{
    ProductId,
    audit_log::{self, Change, Field},
    products,
};

use super::{UNKNOWN, saved_meanwhile, subject};
use crate::{
    Engine,
    rights::{ManageCatalog, TenantStaff},
};

/// Withdraws the product, or puts it back. A product that is already so stays unchanged.
/// Returns its name.
pub async fn set_withdrawn(
    engine: &Engine,
    admin: &TenantStaff<ManageCatalog>,
    id: ProductId,
    withdrawn: bool,
    version: &str,
) -> anyhow::Result<Result<String, Refusal>> {
    let now = engine.now();
    let tx = engine.db.begin().await?;
    let Some(before) = products::lock(&tx, admin.site.id(), id).await? else {
        return Ok(Err(Refusal::message(UNKNOWN)));
    };
    if before.withdrawn_at.is_some() == withdrawn {
        return Ok(Ok(before.name));
    }
    if version.parse() != Ok(before.version) {
        let first = saved_meanwhile(&tx, &admin.site, &before).await?;
        let message = format!("{first} Look at it, and try again.");
        let refusal = Refusal::message(message).keep("version", &before.version.to_string());
        return Ok(Err(refusal));
    }
    let at = withdrawn.then_some(now);
    let changed = products::set_withdrawn(&tx, before.site_id, id, before.version, at).await?;
    ensure!(changed, "the product was locked and changed all the same");
    let change = Change {
        site_id: Some(before.site_id),
        actor: Some(&admin.user),
        subject: &subject(&before.name),
        now,
    };
    let word = |withdrawn| Some(if withdrawn { "no" } else { "yes" }.to_owned());
    let field = Field {
        name: "On offer",
        old: word(!withdrawn),
        new: word(withdrawn),
    };
    audit_log::write(&tx, &change, [field]).await?;
    tx.commit().await?;
    Ok(Ok(before.name))
}
