//! A call of the mobile API that may be repeated.
use sea_orm::entity::prelude::*;

use crate::columns::Timestamp;

/// A call of the mobile API that may be repeated.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "idempotency_keys")]
pub struct Model {
    /// Of the key, and of who sent it where.
    #[sea_orm(primary_key, auto_increment = false)]
    pub key_hash: String,
    /// Of what was sent.
    pub fingerprint: String,
    /// What was answered, sealed: it may hold a token. Missing while the call is under way.
    pub sealed_answer: Option<String>,
    pub created_at: Timestamp,
    /// Until then somebody is at work on it.
    pub claimed_until: Timestamp,
    pub expires_at: Timestamp,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
