//! What a Checkout session that has ended tells of its buyer is kept for a time alone.

use domain::purchase::SessionState;
use sea_orm::{
    ColumnTrait, DatabaseBackend, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait, Select,
    sea_query::{Expr, ExprTrait},
};

use super::{Column, Entity};
use crate::{Timestamp, Write, index_hints::no_index};

/// Removes what Stripe was asked for, with the buyer's address in it, and the page's URL from at most
/// `limit` sessions that were made before `before` and of which Stripe is asked nothing any more; ids and
/// state stay. A request that was never answered is kept, so that it can be repeated word for word.
/// Returns how many there were.
pub async fn blank(db: &impl Write, before: Timestamp, limit: u64) -> Result<u64, DbErr> {
    let old = to_blank(db.get_database_backend(), before, limit).into_query();
    let blanked = Entity::update_many()
        .col_expr(Column::Request, Expr::value(None::<String>))
        .col_expr(Column::Url, Expr::value(None::<String>))
        .filter(Column::Id.in_subquery(old))
        .exec(db)
        .await?;
    Ok(blanked.rows_affected)
}

/// The query for those sessions; public so that tests can check its query plan.
pub fn to_blank(backend: DatabaseBackend, before: Timestamp, limit: u64) -> Select<Entity> {
    Entity::find()
        .select_only()
        .column(Column::Id)
        // Written out, because SQLite uses a partial index only for a condition without parameters.
        .filter(Expr::cust("request IS NOT NULL"))
        .filter(Column::CreatedAt.lt(before))
        .filter(Column::State.ne(SessionState::Requested.code()))
        // Nearly all sessions are checked no more.
        .filter(no_index(backend, Column::NextCheckAt, true).is_null())
        .order_by_asc(Column::CreatedAt)
        .limit(limit)
}
