//! An idempotency key of the mobile API, with the stored response.
use sea_orm::entity::prelude::*;

use crate::columns::Timestamp;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "idempotency_keys")]
pub struct Model {
    /// Hash of the key with its sender and endpoint.
    #[sea_orm(primary_key, auto_increment = false)]
    pub key_hash: String,
    /// Keyed hash of the request.
    pub fingerprint: String,
    /// The response, encrypted because it may contain an API token. `None` while the call is
    /// running.
    pub sealed_answer: Option<String>,
    pub created_at: Timestamp,
    /// Until when a call has claimed the key.
    pub claimed_until: Timestamp,
    pub expires_at: Timestamp,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
