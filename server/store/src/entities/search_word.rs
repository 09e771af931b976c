//! A word by which the console's search finds a row.
use sea_orm::entity::prelude::*;

use crate::columns::SiteId;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "search_words")]
pub struct Model {
    /// `Subject::code`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub subject: String,
    /// 0 for the platform program.
    #[sea_orm(primary_key, auto_increment = false)]
    pub site_id: SiteId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub word: String,
    /// The id of the row that it finds.
    #[sea_orm(primary_key, auto_increment = false)]
    pub row_id: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
