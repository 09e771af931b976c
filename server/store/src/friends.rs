//! What a member's list of referred friends shows besides the referrals: how many there are, what they earned, and
//! when what they bought was paid.

use std::collections::HashMap;

use domain::money::{Currency, Money};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseBackend, DbErr, EntityTrait, ExprTrait, FromQueryResult,
    QueryFilter, QuerySelect, QueryTrait,
    sea_query::{Expr, SelectStatement},
};

use crate::{
    Coded, MemberId, PurchaseId, SiteId, Timestamp,
    entities::{purchase, referral},
    index_hints::no_index,
    prepared::Prepared,
};

/// How many friends a member referred, and what that earned.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    pub joined: u64,
    /// What was credited less what was taken back, in each currency in which something was.
    pub earned: Vec<Money>,
}

/// The totals of this member's referrals.
///
/// # Errors
/// If the database fails, or a currency cannot be read.
pub async fn totals(
    db: &impl ConnectionTrait,
    site_id: SiteId,
    referrer_id: MemberId,
) -> Result<Totals, DbErr> {
    #[derive(FromQueryResult)]
    struct Row {
        currency: Option<Coded<Currency, referral::Entity>>,
        friends: i64,
        cents: i64,
    }
    static SUMS: Prepared = Prepared::new();
    let backend = db.get_database_backend();
    let values = vec![site_id.into(), referrer_id.into()];
    let sums = SUMS.with(backend, values, || sums(backend, site_id, referrer_id));
    let rows = Row::find_by_statement(sums).all(db).await?;
    let friends = rows.iter().map(|row| row.friends.unsigned_abs());
    let earned = |row: &Row| Some(Money::new(row.cents, **row.currency.as_ref()?));
    Ok(Totals {
        joined: friends.sum(),
        earned: rows.iter().filter_map(earned).collect(),
    })
}

/// Those that earned nothing yet have no currency.
fn sums(backend: DatabaseBackend, site_id: SiteId, referrer_id: MemberId) -> SelectStatement {
    use referral::{Column, Entity};
    const EARNED: &str =
        "CAST(COALESCE(SUM(credit_cents), 0) - COALESCE(SUM(taken_back_cents), 0) AS BIGINT)";
    Entity::find()
        .select_only()
        .column(Column::Currency)
        .expr_as(Expr::cust("COUNT(*)"), "friends")
        .expr_as(Expr::cust(EARNED), "cents")
        .filter(no_index(backend, Column::SiteId, true).eq(site_id))
        .filter(Column::ReferrerId.eq(referrer_id))
        .group_by(Column::Currency)
        .into_query()
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
