//! Counts of ledger rows that a person should look at.

use domain::credit::{CreditKind, CreditState, Program};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, Select,
};

use crate::{
    Scope, Timestamp,
    entities::credit::{Column, Entity},
};

/// How many credits of this scope failed. Each can be retried: a referral of oneself has none.
pub async fn failed_in(db: &impl ConnectionTrait, scope: Scope) -> Result<u64, DbErr> {
    of(scope)
        .filter(Column::State.eq(CreditState::Failed.code()))
        .filter(Column::Kind.eq(CreditKind::Earned.code()))
        .count(db)
        .await
}

/// How many returns of credit of this scope are due since before `since`.
pub async fn returns_since(
    db: &impl ConnectionTrait,
    scope: Scope,
    since: Timestamp,
) -> Result<u64, DbErr> {
    let back = [
        CreditKind::Returned,
        CreditKind::Restored,
        CreditKind::MovedIn,
    ]
    .map(CreditKind::code);
    of(scope)
        .filter(Column::State.eq(CreditState::Due.code()))
        .filter(Column::Kind.is_in(back))
        .filter(Column::CreatedAt.lt(since))
        .count(db)
        .await
}

fn of(scope: Scope) -> Select<Entity> {
    match scope {
        Scope::Site(site_id) => Entity::find()
            .filter(Column::Program.eq(Program::Tenant.code()))
            .filter(Column::SiteId.eq(site_id)),
        Scope::Platform => Entity::find().filter(Column::Program.eq(Program::Platform.code())),
    }
}
