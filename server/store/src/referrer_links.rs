//! Requests for a link that signs a platform referrer in. The table stores only a hash of the link's
//! token, so that a reader of the table cannot use the link.

use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter,
    QuerySelect, Set, sea_query::Expr,
};

use super::entities::referrer_link::{ActiveModel, Column, Entity, Model};
use crate::{PlatformReferrerId, ReferrerLinkId, SiteId, Timestamp, Write};

/// Records a request, whether or not anybody has the address.
pub async fn insert(
    db: &impl Write,
    site_id: SiteId,
    email_account: String,
    now: Timestamp,
) -> Result<ReferrerLinkId, DbErr> {
    let row = ActiveModel {
        site_id: Set(site_id),
        email_account: Set(email_account),
        requested_at: Set(now),
        ..Default::default()
    };
    let row = Entity::insert(row).exec_with_returning(db).await?;
    Ok(row.id)
}

/// The request, locked until the end of the transaction.
pub async fn lock(tx: &DatabaseTransaction, id: ReferrerLinkId) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id).lock_exclusive().one(tx).await
}

pub async fn by_id(db: &impl ConnectionTrait, id: ReferrerLinkId) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id).one(db).await
}

/// Records the link that is mailed.
pub async fn set_link(
    db: &impl Write,
    id: ReferrerLinkId,
    referrer_id: PlatformReferrerId,
    token_hash: String,
    expires_at: Timestamp,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::PlatformReferrerId, Expr::value(referrer_id))
        .col_expr(Column::TokenHash, Expr::value(token_hash))
        .col_expr(Column::ExpiresAt, Expr::value(expires_at))
        .filter(Column::Id.eq(id))
        .exec(db)
        .await
        .map(|_| ())
}

/// The request of the site whose link has this token and works at `now`.
pub async fn by_token(
    db: &impl ConnectionTrait,
    site_id: SiteId,
    token_hash: &str,
    now: Timestamp,
) -> Result<Option<Model>, DbErr> {
    Entity::find()
        .filter(Column::SiteId.eq(site_id))
        .filter(Column::TokenHash.eq(token_hash))
        .filter(Column::ExpiresAt.gt(now))
        .one(db)
        .await
}

/// Ends the link; `false` if it has ended before.
pub async fn end(db: &impl Write, id: ReferrerLinkId) -> Result<bool, DbErr> {
    let ended = Entity::delete_by_id(id).exec(db).await?;
    Ok(ended.rows_affected > 0)
}

/// Ends all links of the platform referrer.
pub async fn end_all(db: &impl Write, referrer_id: PlatformReferrerId) -> Result<(), DbErr> {
    Entity::delete_many()
        .filter(Column::PlatformReferrerId.eq(referrer_id))
        .exec(db)
        .await
        .map(|_| ())
}

/// Deletes requests from before `before`.
pub async fn sweep(db: &impl Write, before: Timestamp) -> Result<(), DbErr> {
    Entity::delete_many()
        .filter(Column::RequestedAt.lt(before))
        .exec(db)
        .await
        .map(|_| ())
}

pub async fn delete_all(db: &impl Write) -> Result<(), DbErr> {
    Entity::delete_many().exec(db).await.map(|_| ())
}
