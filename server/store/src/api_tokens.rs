//! API tokens. The table stores only their hashes, so a reader of the table cannot use one.

use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, DerivePartialModel, EntityTrait,
    FromQueryResult, PartialModelTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Set,
    sea_query::Expr,
};

use super::{
    entities::{
        api_token::{ActiveModel, Column, Entity, Model},
        user,
    },
    prepared::Prepared,
};
use crate::{ApiTokenId, MemberId, SiteId, Timestamp, Write};

/// Adds a token of `user` that is valid until `expires_at`.
pub async fn insert(
    db: &impl Write,
    user: &user::Model,
    hash: String,
    device_name: String,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<(), DbErr> {
    let row = ActiveModel {
        site_id: Set(user.site_id),
        user_id: Set(user.id),
        hash: Set(hash),
        device_name: Set(device_name),
        created_at: Set(now),
        last_used_at: Set(now),
        expires_at: Set(expires_at),
        session_version: Set(user.session_version),
        ..Default::default()
    };
    Entity::insert(row)
        .exec_without_returning(db)
        .await
        .map(|_| ())
}

/// The site's token with this hash, unless it has expired.
pub async fn find(
    db: &impl ConnectionTrait,
    site_id: SiteId,
    hash: &str,
    now: Timestamp,
) -> Result<Option<Model>, DbErr> {
    Entity::find()
        .filter(Column::SiteId.eq(site_id))
        .filter(Column::Hash.eq(hash))
        .filter(Column::ExpiresAt.gt(now))
        .one(db)
        .await
}

/// Records the token's use at `now` and extends it until `expires_at`.
pub async fn prolong(
    db: &impl Write,
    id: ApiTokenId,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::LastUsedAt, Expr::value(now))
        .col_expr(Column::ExpiresAt, Expr::value(expires_at))
        .filter(Column::Id.eq(id))
        .exec(db)
        .await
        .map(|_| ())
}

/// A token as its owner sees it: the device that holds it.
#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "Entity")]
pub struct Device {
    pub id: ApiTokenId,
    /// The name that the device gave when it signed in.
    pub device_name: String,
    /// When the device signed in.
    pub created_at: Timestamp,
    pub last_used_at: Timestamp,
}

/// The member's valid tokens, newest first.
pub async fn of_user(
    db: &impl ConnectionTrait,
    site_id: SiteId,
    user_id: MemberId,
    now: Timestamp,
) -> Result<Vec<Device>, DbErr> {
    static LIST: Prepared = Prepared::new();
    let list = LIST.with(
        db.get_database_backend(),
        vec![site_id.into(), user_id.into(), now.into()],
        || {
            let list = Entity::find()
                .filter(Column::SiteId.eq(site_id))
                .filter(Column::UserId.eq(user_id))
                .filter(Column::ExpiresAt.gt(now))
                .order_by_desc(Column::Id);
            Device::select_cols(list.select_only()).into_query()
        },
    );
    Device::find_by_statement(list).all(db).await
}

/// Revokes one of the member's tokens; `false` if the member has no such token.
pub async fn revoke(
    db: &impl Write,
    site_id: SiteId,
    user_id: MemberId,
    id: ApiTokenId,
) -> Result<bool, DbErr> {
    let revoked = Entity::delete_many()
        .filter(Column::SiteId.eq(site_id))
        .filter(Column::UserId.eq(user_id))
        .filter(Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(revoked.rows_affected > 0)
}

/// Revokes all tokens of the member.
pub async fn revoke_all(db: &impl Write, site_id: SiteId, user_id: MemberId) -> Result<(), DbErr> {
    Entity::delete_many()
        .filter(Column::SiteId.eq(site_id))
        .filter(Column::UserId.eq(user_id))
        .exec(db)
        .await
        .map(|_| ())
}

/// Revokes all tokens of the member except the newest `most`.
pub async fn keep_newest(db: &impl Write, user: &user::Model, most: u64) -> Result<(), DbErr> {
    let of_user = Condition::all()
        .add(Column::SiteId.eq(user.site_id))
        .add(Column::UserId.eq(user.id));
    let oldest = Entity::find()
        .filter(of_user.clone())
        .order_by_desc(Column::Id)
        .offset(most)
        .one(db)
        .await?;
    if let Some(oldest) = oldest {
        Entity::delete_many()
            .filter(of_user)
            .filter(Column::Id.lte(oldest.id))
            .exec(db)
            .await?;
    }
    Ok(())
}

/// Deletes expired tokens.
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
