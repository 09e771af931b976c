//! The roles of staff, and the passwords of members.

use domain::{
    account::{PlatformRole, Rights, TenantRole},
    credit::Program,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, ExprTrait,
    PaginatorTrait, QueryFilter, QueryOrder, Select, sea_query::Expr,
};

use super::{
    api_tokens,
    entities::{
        email_confirmation, password_reset,
        user::{Column, Entity, Model},
    },
    known_devices, mailed_links, sessions, users,
};
use crate::{MemberId, SiteId, Write, row_lock::RowLock};

impl Model {
    /// The roles that the row holds. On a brand's site the one in a tenant is worth nothing.
    pub fn rights(&self) -> Rights {
        Rights {
            tenant: self.tenant_role.map(|role| *role),
            platform: self.platform_role.map(|role| *role),
        }
    }
}

/// The member of the site with this id, locked until the end of the transaction.
pub async fn lock(
    tx: &DatabaseTransaction,
    site_id: SiteId,
    id: MemberId,
) -> Result<Option<Model>, DbErr> {
    let one = users::of(site_id).filter(Column::Id.eq(id));
    one.locked().one(tx).await
}

/// Changes the member's roles from `old` to `new`. A role that is the same in both is not written: it may
/// have been changed meanwhile.
pub async fn change_rights(
    db: &impl Write,
    member: &Model,
    (old, new): (Rights, Rights),
) -> Result<(), DbErr> {
    let mut update = Entity::update_many();
    if old.tenant != new.tenant {
        // What the version before reads: it knows owners alone.
        let role = match new.tenant {
            Some(TenantRole::Owner) => "admin",
            _ => "member",
        };
        let code = new.tenant.map(TenantRole::code);
        update = update
            .col_expr(Column::TenantRole, Expr::value(code))
            .col_expr(Column::Role, Expr::value(role));
    }
    if old.platform != new.platform {
        let owns = new.platform == Some(PlatformRole::Owner);
        let code = new.platform.map(PlatformRole::code);
        update = update
            .col_expr(Column::PlatformRole, Expr::value(code))
            .col_expr(Column::PlatformAdmin, Expr::value(owns));
    }
    if old == new {
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
        .filter(Column::SiteId.eq(member.site_id))
        .filter(Column::Id.eq(member.id))
        .exec(db)
        .await?;
    end_sessions(db, member).await?;
    known_devices::forget_of(db, member.id).await?;
    mailed_links::end_all::<password_reset::Entity>(db, member.id).await?;
    mailed_links::end_all::<email_confirmation::Entity>(db, member.id).await
}

/// Ends every browser session and API token of the member.
pub async fn end_sessions(db: &impl Write, member: &Model) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(
            Column::SessionVersion,
            Expr::col(Column::SessionVersion).add(1),
        )
        .filter(Column::SiteId.eq(member.site_id))
        .filter(Column::Id.eq(member.id))
        .exec(db)
        .await?;
    sessions::end_others(db, member.id, None).await?;
    api_tokens::revoke_all(db, member.site_id, member.id).await
}

/// Members of this site who have a role, oldest first.
pub async fn of(db: &impl ConnectionTrait, site_id: SiteId) -> Result<Vec<Model>, DbErr> {
    let any_role = Condition::any()
        .add(Column::TenantRole.is_not_null())
        .add(Column::PlatformRole.is_not_null());
    users::of(site_id)
        .filter(any_role)
        .order_by_asc(Column::Id)
        .all(db)
        .await
}

/// The staff of this tenant's site with one of these roles, oldest first.
pub async fn of_tenant(
    db: &impl ConnectionTrait,
    site_id: SiteId,
    roles: &[TenantRole],
) -> Result<Vec<Model>, DbErr> {
    let codes = roles.iter().map(|role| role.code());
    users::of(site_id)
        .filter(Column::TenantRole.is_in(codes))
        .order_by_asc(Column::Id)
        .all(db)
        .await
}

/// The staff of the platform program with one of these roles, at any site, oldest first.
pub async fn of_platform(
    db: &impl ConnectionTrait,
    roles: &[PlatformRole],
) -> Result<Vec<Model>, DbErr> {
    let codes = roles.iter().map(|role| role.code());
    Entity::find()
        .filter(Column::PlatformRole.is_in(codes))
        .order_by_asc(Column::Id)
        .all(db)
        .await
}

/// The number of owners of this site, or of the platform program at all sites.
pub async fn count_owners(
    db: &impl ConnectionTrait,
    site_id: SiteId,
    program: Program,
) -> Result<u64, DbErr> {
    let owners: Select<Entity> = match program {
        Program::Tenant => {
            users::of(site_id).filter(Column::TenantRole.eq(TenantRole::Owner.code()))
        }
        Program::Platform => {
            Entity::find().filter(Column::PlatformRole.eq(PlatformRole::Owner.code()))
        }
    };
    owners.count(db).await
}
