//! Webhook events as they came. A row here means: seen, and never to be handled again.

use sea_orm::{
    ActiveValue, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, Set,
    sea_query::{Expr, OnConflict},
};

use super::entities::stripe_event::{ActiveModel, Column, Entity};

/// An event to be remembered.
pub struct NewEvent<'a> {
    /// Our id of the account it came for.
    pub stripe_account_id: i64,
    /// `evt_…`.
    pub event_id: &'a str,
    /// `checkout.session.completed`.
    pub kind: &'a str,
    /// The raw body.
    pub body: &'a str,
    /// When it came, in milliseconds.
    pub received_at: i64,
}

/// Remembers an event; `false` if it was here before. Of two that come at once, one waits for the
/// other's transaction and then learns that it is the second.
pub async fn insert_new(db: &impl ConnectionTrait, event: &NewEvent<'_>) -> Result<bool, DbErr> {
    let row = ActiveModel {
        id: ActiveValue::NotSet,
        stripe_account_id: Set(event.stripe_account_id),
        event_id: Set(event.event_id.to_owned()),
        r#type: Set(event.kind.to_owned()),
        body: Set(event.body.to_owned()),
        outcome: Set(String::new()),
        received_at: Set(event.received_at),
    };
    let inserted = Entity::insert(row)
        .on_conflict(
            OnConflict::columns([Column::StripeAccountId, Column::EventId])
                .do_nothing()
                .to_owned(),
        )
        .exec_without_returning(db)
        .await?;
    Ok(inserted > 0)
}

/// When the last event of an account came, in milliseconds.
pub async fn last_received(
    db: &impl ConnectionTrait,
    stripe_account_id: i64,
) -> Result<Option<i64>, DbErr> {
    Entity::find()
        .select_only()
        .column(Column::ReceivedAt)
        .filter(Column::StripeAccountId.eq(stripe_account_id))
        .order_by_desc(Column::ReceivedAt)
        .into_tuple()
        .one(db)
        .await
}

/// Writes down, in a sentence, what became of an event.
pub async fn set_outcome(
    db: &impl ConnectionTrait,
    stripe_account_id: i64,
    event_id: &str,
    outcome: &str,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::Outcome, Expr::value(outcome))
        .filter(Column::StripeAccountId.eq(stripe_account_id))
        .filter(Column::EventId.eq(event_id))
        .exec(db)
        .await
        .map(|_| ())
}
