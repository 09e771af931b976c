//! Taking a product off the catalogue, and putting it back.

use anyhow::ensure;
use app::types::Outcome;
use domain::forms::Refusal;
use store::ProductId;
use store::{
    audit_log::{self, Change, Field},
    products,
};

use super::{UNKNOWN, subject};
use crate::ports::{
    Services,
    admin::{not_yours, refused},
};

/// Withdraws the product, or puts it back; one that is so already stays so.
pub async fn set_withdrawn(
    services: &Services,
    id: ProductId,
    withdrawn: bool,
    version: &str,
) -> anyhow::Result<Outcome> {
    let Some(admin) = services.visit.tenant_admin() else {
        return Ok(not_yours());
    };
    let now = services.state.now();
    let tx = services.state.db.begin().await?;
    let Some(before) = products::lock(&tx, admin.site.id(), id).await? else {
        return Ok(refused(UNKNOWN));
    };
    let done = Outcome::Done(if withdrawn {
        format!("{} was taken off the catalogue.", before.name)
    } else {
        format!("{} is on offer again.", before.name)
    });
    if before.withdrawn_at.is_some() == withdrawn {
        return Ok(done);
    }
    if version.parse() != Ok(before.version) {
        let message = "Somebody saved this product while you were here. Look at it, and try again.";
        let refusal = Refusal::message(message).keep("version", &before.version.to_string());
        return Ok(Outcome::Refused(refusal));
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
    Ok(done)
}
