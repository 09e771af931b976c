//! A word by which a row is found.
use sea_orm::entity::prelude::*;

use crate::columns::SiteId;

/// A word by which a row is found.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "search_words")]
pub struct Model {
    /// `Subject::code`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub subject: String,
    /// 0 in the platform program.
    #[sea_orm(primary_key, auto_increment = false)]
    pub site_id: SiteId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub word: String,
    /// The id of the row.
    #[sea_orm(primary_key, auto_increment = false)]
    pub row_id: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
