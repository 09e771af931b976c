//! Marks a difference as done.

use domain::money::Money;
use store::{
    ReconciliationDifferenceId, Scope,
    audit_log::{self, Change, Field},
    entities::user,
    reconciliations,
};

use crate::Engine;

/// Records that somebody of the staff did what an open difference of the last comparison asks for. It stays
/// done in later comparisons. `false` if there is no such open one.
///
/// # Errors
/// If the database fails.
pub async fn set_done(
    engine: &Engine,
    scope: Scope,
    staff: &user::Model,
    id: ReconciliationDifferenceId,
) -> anyhow::Result<bool> {
    let (tx, now) = (engine.db.begin().await?, engine.now());
    let Some(last) = reconciliations::last(&tx, scope, true).await? else {
        return Ok(false);
    };
    let Some(row) = reconciliations::set_done(&tx, last.id, id).await? else {
        return Ok(false);
    };
    let change = Change {
        site_id: scope.site(),
        actor: Some(staff),
        subject: "Books",
        now,
    };
    let amount = Money::new(row.amount_cents, *row.currency);
    let field = Field {
        name: "Difference",
        old: Some(format!("{amount} of {}, open", row.customer_id)),
        new: Some("Done".to_owned()),
    };
    audit_log::write(&tx, &change, [field]).await?;
    tx.commit().await?;
    Ok(true)
}
