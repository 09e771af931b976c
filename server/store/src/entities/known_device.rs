//! A browser or phone in which a member signed in before.
use sea_orm::entity::prelude::*;

use crate::columns::{KnownDeviceId, MemberId, Timestamp};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "known_devices")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: KnownDeviceId,
    pub user_id: MemberId,
    /// SHA-256 of the token that the device keeps, in hexadecimal digits. Another member who signs in
    /// with the same device has a row of their own.
    pub token_hash: String,
    /// When the member last signed in there.
    pub last_used_at: Timestamp,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
