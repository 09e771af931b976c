//! What is written to see whether anything can be: one row, with the id 1.
use sea_orm::entity::prelude::*;

use crate::columns::Timestamp;

/// What is written to see whether anything can be: one row, with the id 1.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "write_probe")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    /// Milliseconds, UTC.
    pub written_at: Timestamp,
    /// As much as an ordinary transaction writes, on SQLite.
    pub payload: Vec<u8>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
