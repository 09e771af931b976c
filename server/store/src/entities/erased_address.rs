//! The address of a deleted account that had made a first purchase.

use sea_orm::entity::prelude::*;

use crate::{SiteId, Timestamp};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "erased_addresses")]
pub struct Model {
    /// A keyed hash of the site and of `Email::key`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub address_hash: String,
    pub site_id: SiteId,
    pub erased_at: Timestamp,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
