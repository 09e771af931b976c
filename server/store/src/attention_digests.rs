//! When the admins of a program are next mailed what needs their attention.

use std::collections::HashSet;

use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, ExprTrait, QueryFilter, QuerySelect, Set,
    sea_query::{Expr, OnConflict},
};

use super::entities::attention_digest::{ActiveModel, Column, Entity};
use crate::{Scope, Timestamp, Write};

/// The programs whose admins are not mailed yet at `now`.
pub async fn waiting(db: &impl ConnectionTrait, now: Timestamp) -> Result<HashSet<String>, DbErr> {
    let waiting: Vec<String> = Entity::find()
        .select_only()
        .column(Column::Program)
        .filter(Column::DueAt.gt(now))
        .into_tuple()
        .all(db)
        .await?;
    Ok(waiting.into_iter().collect())
}

/// How the table names a program.
pub fn program(scope: Scope) -> String {
    match scope {
        Scope::Site(site_id) => format!("site:{site_id}"),
        Scope::Platform => "platform".to_owned(),
    }
}

/// Takes the turn of a program that is due at `now`; the next one is at `next`. `false` if another
/// process took it.
pub async fn claim(
    db: &impl Write,
    scope: Scope,
    now: Timestamp,
    next: Timestamp,
) -> Result<bool, DbErr> {
    let row = ActiveModel {
        program: Set(program(scope)),
        due_at: Set(next),
    };
    let due = OnConflict::column(Column::Program)
        .update_column(Column::DueAt)
        .action_and_where(Expr::col((Entity, Column::DueAt)).lte(now))
        .to_owned();
    let claimed = Entity::insert(row)
        .on_conflict(due)
        .exec_without_returning(db)
        .await?;
    Ok(claimed > 0)
}
