//! Notifications: sentences to one member of one site.

use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, Select, Set,
    sea_query::{Expr, SelectStatement},
};

use super::entities::notification::{ActiveModel, Column, Entity, Model};
use crate::Write;
use crate::{CreditId, MemberId, NotificationId, SiteId, Timestamp};

/// Writes a notification; `credit_id` is unique, so a credit is told of once.
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
    Entity::insert(row).exec_with_returning(db).await
}

/// The member's notifications, newest first; older than the notification `before`.
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

/// One of the member's notifications.
pub async fn one(
    db: &impl ConnectionTrait,
    site_id: SiteId,
    user_id: MemberId,
    id: NotificationId,
) -> Result<Option<Model>, DbErr> {
    of(site_id, user_id).filter(Column::Id.eq(id)).one(db).await
}

/// How many are unread.
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

/// The query of [`unread`], to be part of another.
pub fn count_unread(site_id: SiteId, user_id: MemberId) -> SelectStatement {
    of(site_id, user_id)
        .filter(Column::ReadAt.is_null())
        .select_only()
        .column_as(Column::Id.count(), "unread")
        .into_query()
}

/// Marks those of the member's unread notifications as read that `which` picks: all, or one.
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
