//! Orders that were paid with another amount than their price.

use domain::purchase::PurchaseState;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::Expr,
};

use crate::{
    PurchaseId, SiteId, Timestamp,
    entities::purchase::{Column, Entity},
};

/// The condition of the index of such orders, without which neither planner takes it.
const OF_INDEX: &str = "paid_cents <> price_cents";
/// Whoever refunded a part has looked at the order.
const NOTHING_BACK: &str = "refunded_cents + refunded_credit_cents = 0";

/// The site's orders that were paid after `since` with another amount than their price and of which
/// nothing was refunded, newest first, up to `most`.
pub async fn with_other_amount(
    db: &impl ConnectionTrait,
    site_id: SiteId,
    since: Timestamp,
    most: u64,
) -> Result<Vec<PurchaseId>, DbErr> {
    let rows = of_other_amount(site_id, since, most);
    rows.into_tuple().all(db).await
}

/// The query of [`with_other_amount`].
pub fn of_other_amount(site_id: SiteId, since: Timestamp, most: u64) -> Select<Entity> {
    Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::SiteId.eq(site_id))
        .filter(Column::PaidAt.gt(since))
        .filter(Expr::cust(OF_INDEX))
        .filter(Expr::cust(NOTHING_BACK))
        .filter(Column::State.eq(PurchaseState::Paid.code()))
        .order_by_desc(Column::PaidAt)
        .limit(most)
}
