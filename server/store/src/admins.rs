//! Admins' rights, and passwords set by the operator.

use domain::account::{Rights, Role};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, ExprTrait, PaginatorTrait,
    QueryFilter, QueryOrder, sea_query::Expr,
};

use super::{
    api_tokens, email_confirmations,
    entities::user::{Column, Entity, Model},
    known_devices, password_resets, sessions, users,
};
use crate::{SiteId, Write};

impl Model {
    /// The rights that the row holds. On a brand's site the one to run a tenant is worth nothing.
    pub fn rights(&self) -> Rights {
        Rights {
            tenant: self.role == Role::Admin,
            platform: self.platform_admin,
        }
    }
}

/// Sets whether the member is an admin of the site and of the platform program; `None` leaves a
/// right unchanged.
pub async fn set_rights(
    db: &impl Write,
    member: &Model,
    tenant: Option<bool>,
    platform: Option<bool>,
) -> Result<(), DbErr> {
    let mut update = Entity::update_many();
    if let Some(tenant) = tenant {
        let role = if tenant { Role::Admin } else { Role::Member };
        update = update.col_expr(Column::Role, Expr::value(role.code()));
    }
    if let Some(platform) = platform {
        update = update.col_expr(Column::PlatformAdmin, Expr::value(platform));
    }
    if tenant.is_none() && platform.is_none() {
        return Ok(());
    }
    update
        .filter(Column::SiteId.eq(member.site_id))
        .filter(Column::Id.eq(member.id))
        .exec(db)
        .await
        .map(|_| ())
}

/// Replaces the password, and ends every browser session, API token and mailed link that whoever
/// knew the old one may have. No browser or phone is known any more.
pub async fn set_password(
    db: &impl Write,
    member: &Model,
    password_hash: String,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::PasswordHash, Expr::value(password_hash))
        .col_expr(
            Column::SessionVersion,
            Expr::col(Column::SessionVersion).add(1),
        )
        .filter(Column::SiteId.eq(member.site_id))
        .filter(Column::Id.eq(member.id))
        .exec(db)
        .await?;
    sessions::end_others(db, member.id, None).await?;
    api_tokens::revoke_all(db, member.site_id, member.id).await?;
    known_devices::forget_of(db, member.id).await?;
    password_resets::end_all(db, member.id).await?;
    email_confirmations::end_of(db, member.id).await
}

/// Members of this site who are admins of the site or of the platform program, oldest first.
pub async fn of(db: &impl ConnectionTrait, site_id: SiteId) -> Result<Vec<Model>, DbErr> {
    let any_right = Condition::any()
        .add(Column::Role.eq(Role::Admin.code()))
        .add(Column::PlatformAdmin.eq(true));
    users::of(site_id)
        .filter(any_right)
        .order_by_asc(Column::Id)
        .all(db)
        .await
}

/// The admins of this tenant's site, oldest first.
pub async fn of_tenant(db: &impl ConnectionTrait, site_id: SiteId) -> Result<Vec<Model>, DbErr> {
    users::of(site_id)
        .filter(Column::Role.eq(Role::Admin.code()))
        .order_by_asc(Column::Id)
        .all(db)
        .await
}

/// The admins of the platform program, at any site, oldest first.
pub async fn of_platform(db: &impl ConnectionTrait) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(Column::PlatformAdmin.eq(true))
        .order_by_asc(Column::Id)
        .all(db)
        .await
}

/// The number of admins of this site.
pub async fn count_tenant(db: &impl ConnectionTrait, site_id: SiteId) -> Result<u64, DbErr> {
    users::of(site_id)
        .filter(Column::Role.eq(Role::Admin.code()))
        .count(db)
        .await
}

/// The number of platform admins on all sites.
pub async fn count_platform(db: &impl ConnectionTrait) -> Result<u64, DbErr> {
    Entity::find()
        .filter(Column::PlatformAdmin.eq(true))
        .count(db)
        .await
}
