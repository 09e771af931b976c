//! What the credits are that notifications announce.

use std::collections::HashMap;

use domain::credit::CreditKind;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, ExprTrait, FromQueryResult, QueryFilter,
    QuerySelect,
};

use crate::{
    Coded, CreditId, ReferralId, SiteId,
    entities::credit::{Column, Entity},
    index_hints::no_index,
};

/// A credit, as far as its notification tells of it.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Announced {
    pub id: CreditId,
    pub kind: Coded<CreditKind, Entity>,
    /// The member's referral that it is about; `None` if it is about none.
    pub referral_id: Option<ReferralId>,
}

/// The site's credits with these ids.
///
/// # Errors
/// If the database fails, or a row cannot be read.
pub async fn announced(
    db: &impl ConnectionTrait,
    site_id: SiteId,
    ids: impl IntoIterator<Item = CreditId>,
) -> Result<HashMap<CreditId, Announced>, DbErr> {
    let ids: Vec<_> = ids.into_iter().collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let by_id = no_index(db.get_database_backend(), Column::SiteId, true);
    let rows: Vec<Announced> = Entity::find()
        .select_only()
        .columns([Column::Id, Column::Kind, Column::ReferralId])
        .filter(by_id.eq(site_id))
        .filter(Column::Id.is_in(ids))
        .into_model()
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}
