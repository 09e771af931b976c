//! When the admins of a program are next mailed what needs their attention.
use sea_orm::entity::prelude::*;

use crate::columns::Timestamp;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "attention_digests")]
pub struct Model {
    /// `site:5`, or `platform`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub program: String,
    pub due_at: Timestamp,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
