//! A webhook event as it came, and what became of it.
use sea_orm::entity::prelude::*;

/// A webhook event as it came, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "stripe_events")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub stripe_account_id: i64,
    pub event_id: String,
    #[sea_orm(column_name = "type")]
    pub r#type: String,
    /// The raw body.
    pub body: String,
    pub outcome: String,
    pub received_at: i64,
    /// As the event says; `None` where it does not.
    pub livemode: Option<bool>,
    /// Since when it waits for the purchase that it is about, in milliseconds; `None`: it does not.
    pub unmatched_since: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
