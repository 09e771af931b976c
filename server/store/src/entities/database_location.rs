//! The location where the database was last served: a single row with id 1.
use sea_orm::entity::prelude::*;

use crate::columns::Timestamp;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "database_location")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    /// `None` if the database was not served since this table exists.
    pub location: Option<String>,
    /// When `location` was written.
    pub recorded_at: Option<Timestamp>,
    /// When `server detach` made this a copy for experiments; `None` if it is no such copy.
    pub detached_at: Option<Timestamp>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
