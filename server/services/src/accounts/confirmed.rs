//! What follows once a member's address is confirmed.

use sea_orm::DatabaseTransaction;
use store::{MemberId, PurchaseId, purchases, sites::Site, users};

use crate::{Engine, queue::Job};

/// Records that the address is the member's. Returns the purchases whose credit is decided now; call
/// [`decide`] after the commit.
///
/// # Errors
/// If the database fails.
pub async fn set_confirmed(
    engine: &Engine,
    tx: &DatabaseTransaction,
    site: &Site,
    member_id: MemberId,
) -> anyhow::Result<Vec<PurchaseId>> {
    users::set_confirmed(tx, site.id(), member_id, engine.now()).await?;
    waiting(tx, site, member_id).await
}

/// The purchases of a confirmed member whose credit waited for that.
pub(super) async fn waiting(
    tx: &DatabaseTransaction,
    site: &Site,
    member_id: MemberId,
) -> anyhow::Result<Vec<PurchaseId>> {
    Ok(purchases::decide_unconfirmed_again(tx, site.id(), Some(member_id)).await?)
}

/// Decides the credits of these purchases.
pub async fn decide(engine: &Engine, purchases: Vec<PurchaseId>) {
    for purchase_id in purchases {
        let job = Job::DecideCredit { purchase_id };
        engine.queue.requeue(job, engine.now()).await;
    }
}
