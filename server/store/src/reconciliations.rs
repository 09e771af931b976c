//! The comparisons of Stripe's balances with the ledger. A unique index keeps a program to one that goes on.

mod customers;
mod differences;

use domain::credit::{BooksOutcome, Program};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, Set,
    sea_query::{Expr, ExprTrait, OnConflict},
};
use time::Duration;

use super::entities::{
    reconciliation::{ActiveModel, Column, Entity, Model},
    reconciliation_difference,
};
use crate::{ReconciliationId, Scope, StripeAccountId, Timestamp, Write};

pub use customers::{entries_of, remember, unseen};
pub use differences::{
    NewDifference, count_open, insert_differences, is_done, list_differences, set_done,
};

impl Model {
    /// Whose books they are.
    pub fn scope(&self) -> Scope {
        match *self.program {
            Program::Tenant => Scope::Site(self.site_id),
            Program::Platform => Scope::Platform,
        }
    }
}

fn program(scope: Scope) -> Program {
    match scope {
        Scope::Site(_) => Program::Tenant,
        Scope::Platform => Program::Platform,
    }
}

fn of(scope: Scope) -> Condition {
    Condition::all()
        .add(Column::Program.eq(program(scope).code()))
        .add(Column::SiteId.eq(scope.site_id()))
}

/// Begins a comparison with this account; `None` if one goes on.
pub async fn begin(
    db: &impl Write,
    scope: Scope,
    account: Option<StripeAccountId>,
    now: Timestamp,
) -> Result<Option<ReconciliationId>, DbErr> {
    let row = ActiveModel {
        program: Set(program(scope).into()),
        site_id: Set(scope.site_id()),
        stripe_account_id: Set(account),
        started_at: Set(now),
        pages: Set(0),
        customers: Set(0),
        ..Default::default()
    };
    let once = OnConflict::new().do_nothing().to_owned();
    let inserted = Entity::insert(row)
        .on_conflict(once)
        .exec_without_returning(db)
        .await?;
    if inserted == 0 {
        return Ok(None);
    }
    let row = unfinished(db, scope).await?;
    Ok(row.map(|row| row.id))
}

/// The comparison that goes on.
pub async fn unfinished(db: &impl ConnectionTrait, scope: Scope) -> Result<Option<Model>, DbErr> {
    Entity::find()
        .filter(of(scope))
        .filter(Column::FinishedAt.is_null())
        .one(db)
        .await
}

pub async fn by_id(
    db: &impl ConnectionTrait,
    id: ReconciliationId,
) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id).one(db).await
}

/// The last comparison that began; `finished` asks for the last that ended.
pub async fn last(
    db: &impl ConnectionTrait,
    scope: Scope,
    finished: bool,
) -> Result<Option<Model>, DbErr> {
    Entity::find()
        .filter(of(scope))
        .apply_if(finished.then_some(()), |rows, ()| {
            rows.filter(Column::FinishedAt.is_not_null())
        })
        .order_by_desc(Column::Id)
        .one(db)
        .await
}

/// When the last comparison that reached its end began.
pub async fn last_compared(
    db: &impl ConnectionTrait,
    scope: Scope,
) -> Result<Option<Timestamp>, DbErr> {
    let row = Entity::find()
        .filter(of(scope))
        .filter(Column::Outcome.eq(BooksOutcome::Compared.code()))
        .order_by_desc(Column::Id)
        .one(db)
        .await?;
    Ok(row.map(|row| row.started_at))
}

/// The comparisons that go on and that no process holds at `now`.
pub async fn left_over(
    db: &impl ConnectionTrait,
    now: Timestamp,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(Column::FinishedAt.is_null())
        .filter(free(now))
        .limit(limit)
        .all(db)
        .await
}

fn free(now: Timestamp) -> Condition {
    Condition::any()
        .add(Column::ClaimedUntil.is_null())
        .add(Column::ClaimedUntil.lte(now))
}

/// Claims a comparison that goes on for as long as `lease`; `false` if another process holds it.
pub async fn claim(
    db: &impl Write,
    id: ReconciliationId,
    token: &str,
    now: Timestamp,
    lease: Duration,
) -> Result<bool, DbErr> {
    let claimed = Entity::update_many()
        .col_expr(Column::ClaimToken, Expr::value(token))
        .col_expr(Column::ClaimedUntil, Expr::value(now + lease))
        .filter(Column::Id.eq(id))
        .filter(Column::FinishedAt.is_null())
        .filter(free(now))
        .exec(db)
        .await?;
    Ok(claimed.rows_affected > 0)
}

/// Lets another process go on at once.
pub async fn release(db: &impl Write, id: ReconciliationId, token: &str) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::ClaimedUntil, Expr::value(None::<Timestamp>))
        .filter(held(id, token))
        .exec(db)
        .await
        .map(|_| ())
}

fn held(id: ReconciliationId, token: &str) -> Condition {
    Condition::all()
        .add(Column::Id.eq(id))
        .add(Column::ClaimToken.eq(token))
        .add(Column::FinishedAt.is_null())
}

/// Records that a page was compared, and holds the claim until `until`. `false` if another process has it
/// now; nothing of the page counts then.
pub async fn page_done(
    db: &impl Write,
    id: ReconciliationId,
    token: &str,
    (after, customers): (Option<&str>, usize),
    until: Timestamp,
) -> Result<bool, DbErr> {
    let customers = i64::try_from(customers).unwrap_or(i64::MAX);
    let written = Entity::update_many()
        .col_expr(Column::PageAfter, Expr::value(after.map(str::to_owned)))
        .col_expr(Column::Pages, Expr::col(Column::Pages).add(1))
        .col_expr(
            Column::Customers,
            Expr::col(Column::Customers).add(customers),
        )
        .col_expr(Column::ClaimedUntil, Expr::value(until))
        .filter(held(id, token))
        .exec(db)
        .await?;
    Ok(written.rows_affected > 0)
}

/// Holds the claim until `until`; `false` if another process has it now.
pub async fn hold(
    db: &impl Write,
    id: ReconciliationId,
    token: &str,
    until: Timestamp,
) -> Result<bool, DbErr> {
    let written = Entity::update_many()
        .col_expr(Column::ClaimedUntil, Expr::value(until))
        .filter(held(id, token))
        .exec(db)
        .await?;
    Ok(written.rows_affected > 0)
}

/// Begins with the first page again, as after the customer was deleted at which it stopped. `false` if
/// another process has the claim now.
pub async fn restart(db: &impl Write, id: ReconciliationId, token: &str) -> Result<bool, DbErr> {
    let written = Entity::update_many()
        .col_expr(Column::PageAfter, Expr::value(None::<String>))
        .col_expr(Column::Customers, Expr::value(0_i64))
        .filter(held(id, token))
        .exec(db)
        .await?;
    if written.rows_affected == 0 {
        return Ok(false);
    }
    reconciliation_difference::Entity::delete_many()
        .filter(reconciliation_difference::Column::ReconciliationId.eq(id))
        .exec(db)
        .await?;
    Ok(true)
}

/// Ends a comparison; `false` if another process has the claim now.
pub async fn finish(
    db: &impl Write,
    id: ReconciliationId,
    token: &str,
    outcome: BooksOutcome,
    now: Timestamp,
) -> Result<bool, DbErr> {
    let written = Entity::update_many()
        .col_expr(Column::FinishedAt, Expr::value(now))
        .col_expr(Column::Outcome, Expr::value(outcome.code()))
        .col_expr(Column::ClaimedUntil, Expr::value(None::<Timestamp>))
        .filter(held(id, token))
        .exec(db)
        .await?;
    Ok(written.rows_affected > 0)
}

/// Deletes at most `limit` comparisons that began before `before`, but not the last of each program, and
/// returns their number.
pub async fn sweep(db: &impl Write, before: Timestamp, limit: u64) -> Result<u64, DbErr> {
    let newest = Entity::find()
        .select_only()
        .column_as(Column::Id.max(), "id")
        .group_by(Column::Program)
        .group_by(Column::SiteId)
        .into_query();
    let old: Vec<ReconciliationId> = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::StartedAt.lt(before))
        .filter(Column::FinishedAt.is_not_null())
        .filter(Column::Id.not_in_subquery(newest))
        .order_by_asc(Column::StartedAt)
        .limit(limit)
        .into_tuple()
        .all(db)
        .await?;
    if old.is_empty() {
        return Ok(0);
    }
    let differences = reconciliation_difference::Column::ReconciliationId;
    reconciliation_difference::Entity::delete_many()
        .filter(differences.is_in(old.clone()))
        .exec(db)
        .await?;
    let swept = Entity::delete_many()
        .filter(Column::Id.is_in(old))
        .exec(db)
        .await?;
    Ok(swept.rows_affected)
}
