//! Addresses of deleted accounts that had made a first purchase, by which nobody becomes a new friend
//! again (`docs/rules.md` 104).

use domain::account::had_first_purchase as had_one;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr};
use store::{entities::user, erased_addresses, paid_purchases};

use crate::Engine;

/// What the hashes are made for.
const PURPOSE: &str = "erased address";

fn hash(engine: &Engine, member: &user::Model) -> String {
    let content = format!("{}:{}", member.site_id, member.key());
    engine.sealer.fingerprint(PURPOSE, content.as_bytes())
}

/// Whether a deleted account with the member's address had made a first purchase.
///
/// # Errors
/// If the database fails.
pub async fn had_first_purchase(
    engine: &Engine,
    db: &impl ConnectionTrait,
    member: &user::Model,
) -> Result<bool, DbErr> {
    erased_addresses::has(db, member.site_id, &hash(engine, member)).await
}

/// Remembers the member's address if they made a first purchase; otherwise nothing is kept.
///
/// # Errors
/// If the database fails.
pub(super) async fn remember(
    engine: &Engine,
    tx: &DatabaseTransaction,
    member: &user::Model,
) -> Result<(), DbErr> {
    let bought = paid_purchases::of_buyers(tx, member.site_id, &[member.id]).await?;
    let paid: Vec<_> = bought
        .values()
        .flatten()
        .map(store::entities::purchase::Model::as_paid)
        .collect();
    if !had_one(&paid) {
        return Ok(());
    }
    let hash = hash(engine, member);
    erased_addresses::put(tx, member.site_id, hash, engine.now()).await
}
