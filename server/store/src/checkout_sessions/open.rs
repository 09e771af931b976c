//! The pages of Stripe on which purchases can be paid now.

use domain::purchase::SessionState;
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, ExprTrait, QueryFilter};

use crate::{
    PurchaseId, SiteId,
    entities::checkout_session::{Column, Entity, Model},
    index_hints::no_index,
};

/// The open sessions of these purchases of the site.
pub async fn open_of_purchases(
    db: &impl ConnectionTrait,
    site_id: SiteId,
    purchases: impl IntoIterator<Item = PurchaseId>,
) -> Result<Vec<Model>, DbErr> {
    let purchases: Vec<_> = purchases.into_iter().collect();
    if purchases.is_empty() {
        return Ok(Vec::new());
    }
    let by_purchase = no_index(db.get_database_backend(), Column::SiteId, true);
    Entity::find()
        .filter(by_purchase.eq(site_id))
        .filter(Column::PurchaseId.is_in(purchases))
        .filter(Column::State.eq(SessionState::Open.code()))
        .all(db)
        .await
}
