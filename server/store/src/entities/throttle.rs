//! The attempts that count against one limit.
use sea_orm::entity::prelude::*;

use crate::columns::Timestamp;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "throttles")]
pub struct Model {
    /// A keyed hash of the limit, as of an account and a network.
    #[sea_orm(primary_key, auto_increment = false)]
    pub key_hash: String,
    /// Until when the attempts that were made are spaced (`Throttle`). After that the row tells
    /// nothing.
    pub used_until: Timestamp,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
