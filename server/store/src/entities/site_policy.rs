//! A text of a site with a page of its own: its terms, or its privacy policy.
use sea_orm::entity::prelude::*;

use crate::columns::SiteId;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "site_policies")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub site_id: SiteId,
    /// `Policy::code`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub policy: String,
    /// Paragraphs, separated by blank lines, or an address.
    pub content: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
