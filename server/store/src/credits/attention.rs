//! Counts of ledger rows that a person should look at. Every page of an admin needs them, so no more
//! rows are read than are told.

use domain::credit::{CreditKind, CreditState, Program};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QuerySelect, Select,
};

use crate::{
    CreditId, Scope, Timestamp,
    entities::credit::{Column, Entity},
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
