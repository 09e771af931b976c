//! An API token: a phone that is signed in to the mobile API.
use sea_orm::entity::prelude::*;

use crate::columns::{ApiTokenId, MemberId, SiteId, Timestamp};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "api_tokens")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: ApiTokenId,
    pub site_id: SiteId,
    pub user_id: MemberId,
    /// SHA-256 of the token in hexadecimal digits.
    pub hash: String,
    /// For instance `Jane's iPhone`.
    pub device_name: String,
    pub created_at: Timestamp,
    /// Updated at most once an hour.
    pub last_used_at: Timestamp,
    pub expires_at: Timestamp,
    /// The member's `session_version` when the device signed in.
    pub session_version: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
