//! The addresses of deleted accounts that had made a first purchase, as keyed hashes
//! (`docs/rules.md` 104).

use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, Set};

use super::entities::erased_address::{ActiveModel, Column, Entity};
use crate::{SiteId, Timestamp, Write};

/// Remembers that the account with this address had made a first purchase.
pub async fn put(
    db: &impl Write,
    site_id: SiteId,
    address_hash: String,
    now: Timestamp,
) -> Result<(), DbErr> {
    let row = ActiveModel {
        address_hash: Set(address_hash),
        site_id: Set(site_id),
        erased_at: Set(now),
    };
    Entity::insert(row)
        .on_conflict_do_nothing_on([Column::AddressHash])
        .exec_without_returning(db)
        .await
        .map(|_| ())
}

/// Whether a deleted account of the site with this address had made a first purchase.
pub async fn has(
    db: &impl ConnectionTrait,
    site_id: SiteId,
    address_hash: &str,
) -> Result<bool, DbErr> {
    let found = Entity::find()
        .filter(Column::SiteId.eq(site_id))
        .filter(Column::AddressHash.eq(address_hash));
    Ok(found.count(db).await? > 0)
}
