//! A device that is signed in by the mobile API.
use sea_orm::entity::prelude::*;

/// A device that is signed in by the mobile API.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "api_tokens")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub site_id: i64,
    pub user_id: i64,
    /// SHA-256 of the token, in hexadecimal digits.
    pub hash: String,
    /// `Jane's iPhone`.
    pub device_name: String,
    pub created_at: i64,
    /// To the hour.
    pub last_used_at: i64,
    pub expires_at: i64,
    /// The member's when the device signed in.
    pub session_version: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
