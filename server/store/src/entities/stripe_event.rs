//! A webhook event as received, and its outcome.
use sea_orm::entity::prelude::*;

use crate::columns::{StripeAccountId, StripeEventId, Timestamp};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "stripe_events")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: StripeEventId,
    pub stripe_account_id: StripeAccountId,
    pub event_id: String,
    #[sea_orm(column_name = "type")]
    pub r#type: String,
    /// The raw body.
    pub body: String,
    pub outcome: String,
    pub received_at: Timestamp,
    /// The event's `livemode`, if it has one.
    pub livemode: Option<bool>,
    /// Since when it waits for the purchase that it is about; `None` if it does not wait.
    pub unmatched_since: Option<Timestamp>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
