//! Browsers in which platform referrers are signed in. The table stores only a hash of the cookie's
//! token, so that a reader of the table cannot take over a session.

use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel,
    QueryFilter, sea_query::Expr,
};

use super::entities::referrer_session::{Column, Entity, Model};
use crate::{PlatformReferrerId, SiteId, Timestamp, Write};

pub async fn insert(db: &impl Write, session: Model) -> Result<(), DbErr> {
    let row = session.into_active_model().reset_all();
    Entity::insert(row)
        .exec_without_returning(db)
        .await
        .map(|_| ())
}

/// The site's session with this token, unless it has ended.
pub async fn find(
    db: &impl ConnectionTrait,
    site_id: SiteId,
    token_hash: &str,
    now: Timestamp,
) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(token_hash)
        .filter(Column::SiteId.eq(site_id))
        .filter(Column::ExpiresAt.gt(now))
        .one(db)
        .await
}

/// Extends a session until `expires_at`.
pub async fn prolong(
    db: &impl Write,
    token_hash: &str,
    expires_at: Timestamp,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::ExpiresAt, Expr::value(expires_at))
        .filter(Column::TokenHash.eq(token_hash))
        .exec(db)
        .await
        .map(|_| ())
}

/// Ends one session of the site.
pub async fn end(db: &impl Write, site_id: SiteId, token_hash: &str) -> Result<(), DbErr> {
    Entity::delete_by_id(token_hash)
        .filter(Column::SiteId.eq(site_id))
        .exec(db)
        .await
        .map(|_| ())
}

/// Ends all sessions of the platform referrer.
pub async fn end_all(db: &impl Write, referrer_id: PlatformReferrerId) -> Result<(), DbErr> {
    Entity::delete_many()
        .filter(Column::PlatformReferrerId.eq(referrer_id))
        .exec(db)
        .await
        .map(|_| ())
}

/// Deletes sessions that have ended.
pub async fn sweep(db: &impl Write, now: Timestamp) -> Result<(), DbErr> {
    Entity::delete_many()
        .filter(Column::ExpiresAt.lte(now))
        .exec(db)
        .await
        .map(|_| ())
}

pub async fn delete_all(db: &impl Write) -> Result<(), DbErr> {
    Entity::delete_many().exec(db).await.map(|_| ())
}
