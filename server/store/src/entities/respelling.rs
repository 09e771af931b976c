//! The row up to which the rows of one subject of the search have the spellings of today.
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "respellings")]
pub struct Model {
    /// `Subject::code`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub subject: String,
    /// The id of the last row that was read.
    pub done_to: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
