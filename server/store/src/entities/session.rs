//! A browser session.
use sea_orm::entity::prelude::*;

use crate::columns::{MemberId, Timestamp};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sessions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    /// SHA-256 of the cookie's id, in hexadecimal digits.
    pub id_hash: String,
    /// The member who is signed in.
    pub user_id: Option<MemberId>,
    /// JSON.
    pub data: String,
    pub expires_at: Timestamp,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
