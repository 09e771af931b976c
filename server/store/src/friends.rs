//! What is known of a member's referred friends besides the referrals: when what they bought was paid, and when they
//! registered.

use std::collections::HashMap;

use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, ExprTrait, QueryFilter,
    QueryOrder, QuerySelect, QueryTrait,
};

use crate::{
    MemberId, PurchaseId, SiteId, Timestamp,
    entities::{purchase, referral, user},
    index_hints::no_index,
};

/// When the member's friends registered who did so before `friend`, the last first, at most `limit`.
///
/// # Errors
/// If the database fails.
pub async fn joined_before(
    db: &impl ConnectionTrait,
    referrer_id: MemberId,
    friend: &user::Model,
    limit: u64,
) -> Result<Vec<Timestamp>, DbErr> {
    use user::{Column, Entity};
    let backend = db.get_database_backend();
    let brought = referral::Entity::find()
        .select_only()
        .column(referral::Column::ReferredId)
        .filter(no_index(backend, referral::Column::SiteId, true).eq(friend.site_id))
        .filter(referral::Column::ReferrerId.eq(referrer_id))
        .into_query();
    // Of two who registered in one millisecond the first has the lower id.
    let at_once = Condition::all()
        .add(Column::CreatedAt.eq(friend.created_at))
        .add(Column::Id.lt(friend.id));
    let before = Condition::any()
        .add(Column::CreatedAt.lt(friend.created_at))
        .add(at_once);
    Entity::find()
        .select_only()
        .column(Column::CreatedAt)
        .filter(Column::Id.in_subquery(brought))
        .filter(before)
        .order_by_desc(Column::CreatedAt)
        .limit(limit)
        .into_tuple()
        .all(db)
        .await
}

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
