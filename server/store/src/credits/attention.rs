//! Counts of ledger rows that a person should look at. Every page of an admin needs them, so no more
//! rows are read than are told.

use domain::{
    credit::{CreditKind, CreditState, Program},
    purchase::PurchaseState,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QuerySelect, Select,
    sea_query::Expr,
};

use crate::{
    CreditId, PurchaseId, Scope, SiteId, Timestamp,
    entities::{
        credit::{Column, Entity},
        purchase,
    },
};

/// How many credits of this scope failed, up to `most`. Each can be retried: a referral of oneself has
/// none.
pub async fn failed_in(db: &impl ConnectionTrait, scope: Scope, most: u64) -> Result<u64, DbErr> {
    let failed = Entity::find()
        .filter(of(scope))
        .filter(Column::State.eq(CreditState::Failed.code()))
        .filter(Column::Kind.eq(CreditKind::Earned.code()));
    up_to(db, failed, most).await
}

async fn up_to(db: &impl ConnectionTrait, rows: Select<Entity>, most: u64) -> Result<u64, DbErr> {
    let ids: Vec<CreditId> = rows
        .select_only()
        .column(Column::Id)
        .limit(most)
        .into_tuple()
        .all(db)
        .await?;
    Ok(ids.len() as u64)
}

/// How many returns of credit of this scope are due since before `since`, up to `most`.
pub async fn returns_since(
    db: &impl ConnectionTrait,
    scope: Scope,
    since: Timestamp,
    most: u64,
) -> Result<u64, DbErr> {
    let back = [
        CreditKind::Returned,
        CreditKind::Restored,
        CreditKind::MovedIn,
    ]
    .map(CreditKind::code);
    let returns = Entity::find()
        .filter(of(scope))
        .filter(Column::State.eq(CreditState::Due.code()))
        .filter(Column::Kind.is_in(back))
        .filter(Column::CreatedAt.lt(since));
    up_to(db, returns, most).await
}

/// The debit of a purchase, in its own words, so that it is looked up by the purchase.
const HOLDS_CREDIT: &str = "EXISTS (SELECT 1 FROM credits WHERE credits.purchase_id = purchases.id \
    AND credits.kind = 'spent' AND credits.state = 'issued')";

/// How many purchases of a site that were begun before `since` still wait to be paid and hold credit,
/// up to `most`. No page is open that long: Stripe was not heard.
pub async fn held_since(
    db: &impl ConnectionTrait,
    site_id: SiteId,
    since: Timestamp,
    most: u64,
) -> Result<u64, DbErr> {
    let ids: Vec<PurchaseId> = purchase::Entity::find()
        .select_only()
        .column(purchase::Column::Id)
        .filter(purchase::Column::SiteId.eq(site_id))
        .filter(purchase::Column::State.eq(PurchaseState::Open.code()))
        // The condition of the index by state.
        .filter(Expr::cust("state <> 'paid'"))
        .filter(purchase::Column::CreatedAt.lt(since))
        .filter(Expr::cust(HOLDS_CREDIT))
        .limit(most)
        .into_tuple()
        .all(db)
        .await?;
    Ok(ids.len() as u64)
}

/// The rows of one program.
pub(crate) fn of(scope: Scope) -> Condition {
    let program = match scope {
        Scope::Site(_) => Program::Tenant,
        Scope::Platform => Program::Platform,
    };
    Condition::all()
        .add(Column::Program.eq(program.code()))
        .add_option(scope.site().map(|site_id| Column::SiteId.eq(site_id)))
}
