//! Notifications: sentences to one member of one site.

use sea_orm::{ConnectionTrait, DbErr, EntityTrait, Set};

use super::entities::notification::{ActiveModel, Entity, Model};

/// Writes a notification; `credit_id` is unique, so a credit is told of once.
pub async fn insert(
    db: &impl ConnectionTrait,
    site_id: i64,
    user_id: i64,
    credit_id: Option<i64>,
    text: &str,
    now_ms: i64,
) -> Result<Model, DbErr> {
    let row = ActiveModel {
        site_id: Set(site_id),
        user_id: Set(user_id),
        credit_id: Set(credit_id),
        text: Set(text.to_owned()),
        created_at: Set(now_ms),
        ..Default::default()
    };
    Entity::insert(row).exec_with_returning(db).await
}
