//! Notifications to members.

use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, Select, Set,
    sea_query::{Expr, SelectStatement},
};

use super::entities::notification::{ActiveModel, Column, Entity, Model};
use crate::{CreditId, MemberId, NotificationId, SiteId, Timestamp, Write};

/// Inserts a notification; `credit_id` is unique, so that each credit is announced once.
pub async fn insert(
    db: &impl Write,
    site_id: SiteId,
    user_id: MemberId,
    credit_id: Option<CreditId>,
    text: &str,
    now: Timestamp,
) -> Result<Model, DbErr> {
    let row = ActiveModel {
        site_id: Set(site_id),
        user_id: Set(user_id),
        credit_id: Set(credit_id),
        text: Set(text.to_owned()),
        created_at: Set(now),
        ..Default::default()
    };
    let inserted = Entity::insert(row).exec(db).await?;
    Ok(Model {
        id: inserted.last_insert_id,
        site_id,
        user_id,
        credit_id,
        text: text.to_owned(),
        read_at: None,
        created_at: now,
    })
}

/// The member's notifications, newest first; with `before`, only older ones.
pub async fn list(
    db: &impl ConnectionTrait,
    site_id: SiteId,
    user_id: MemberId,
    before: Option<NotificationId>,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    of(site_id, user_id)
        .apply_if(before, |all, id| all.filter(Column::Id.lt(id)))
        .order_by_desc(Column::Id)
        .limit(limit)
        .all(db)
        .await
}

/// The member's notification with this id.
pub async fn one(
    db: &impl ConnectionTrait,
    site_id: SiteId,
    user_id: MemberId,
    id: NotificationId,
) -> Result<Option<Model>, DbErr> {
    of(site_id, user_id).filter(Column::Id.eq(id)).one(db).await
}

/// The notification that announced this credit.
pub async fn of_credit(
    db: &impl ConnectionTrait,
    credit_id: CreditId,
) -> Result<Option<Model>, DbErr> {
    Entity::find()
        .filter(Column::CreditId.eq(credit_id))
        .one(db)
        .await
}

/// The number of the member's unread notifications.
pub async fn unread(
    db: &impl ConnectionTrait,
    site_id: SiteId,
    user_id: MemberId,
) -> Result<u64, DbErr> {
    of(site_id, user_id)
        .filter(Column::ReadAt.is_null())
        .count(db)
        .await
}

/// The query of [`unread`], for use as a subquery.
pub fn count_unread(site_id: SiteId, user_id: MemberId) -> SelectStatement {
    of(site_id, user_id)
        .filter(Column::ReadAt.is_null())
        .select_only()
        .column_as(Column::Id.count(), "unread")
        .into_query()
}

/// Marks the member's unread notifications that `which` selects as read: all of them, or one.
pub async fn mark_read(
    db: &impl Write,
    site_id: SiteId,
    user_id: MemberId,
    which: Option<NotificationId>,
    now: Timestamp,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::ReadAt, Expr::value(now))
        .filter(Column::SiteId.eq(site_id))
        .filter(Column::UserId.eq(user_id))
        .filter(Column::ReadAt.is_null())
        .apply_if(which, |rows, id| rows.filter(Column::Id.eq(id)))
        .exec(db)
        .await
        .map(|_| ())
}

fn of(site_id: SiteId, user_id: MemberId) -> Select<Entity> {
    Entity::find()
        .filter(Column::SiteId.eq(site_id))
        .filter(Column::UserId.eq(user_id))
}
