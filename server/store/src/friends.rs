//! What a member's list of referred friends shows besides the referrals: when what they bought was paid.

use std::collections::HashMap;

use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, ExprTrait, QueryFilter, QuerySelect,
};

use crate::{PurchaseId, SiteId, Timestamp, entities::purchase, index_hints::no_index};

/// When each of these purchases was paid. Those that are not are left out.
///
/// # Errors
/// If the database fails.
pub async fn paid_at(
    db: &impl ConnectionTrait,
    site_id: SiteId,
    ids: &[PurchaseId],
) -> Result<HashMap<PurchaseId, Timestamp>, DbErr> {
    use purchase::{Column, Entity};
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(PurchaseId, Option<Timestamp>)> = Entity::find()
        .select_only()
        .columns([Column::Id, Column::PaidAt])
        .filter(no_index(db.get_database_backend(), Column::SiteId, true).eq(site_id))
        .filter(Column::Id.is_in(ids.iter().copied()))
        .into_tuple()
        .all(db)
        .await?;
    let paid = |(id, at): (PurchaseId, Option<Timestamp>)| Some((id, at?));
    Ok(rows.into_iter().filter_map(paid).collect())
}
