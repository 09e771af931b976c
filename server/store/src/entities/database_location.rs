//! Where the database was when it was last served: one row, with the id 1.
use sea_orm::entity::prelude::*;

use crate::columns::Timestamp;

/// Where the database was when it was last served: one row, with the id 1.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "database_location")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    /// `None`: it was never served since this is kept.
    pub location: Option<String>,
    /// When `location` was written; milliseconds, UTC.
    pub recorded_at: Option<Timestamp>,
    /// When it was made a copy for trying things out; milliseconds, UTC. `None`: it is none.
    pub detached_at: Option<Timestamp>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
