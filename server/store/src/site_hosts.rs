//! The hosts of a site. One of them is canonical: links name it, and the others lead to it
//! (`docs/rules.md` 90).

use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, Set, sea_query::Expr,
};

use super::entities::site_host::{ActiveModel, Column, Entity, Model};
use crate::{SiteId, Write};

/// The hosts of `site_id`, the canonical one first, then by name.
pub async fn of(db: &impl ConnectionTrait, site_id: SiteId) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(Column::SiteId.eq(site_id))
        .order_by_desc(Column::Canonical)
        .order_by_asc(Column::Host)
        .all(db)
        .await
}

/// The site that has this host.
pub async fn site_of(db: &impl ConnectionTrait, host: &str) -> Result<Option<SiteId>, DbErr> {
    let row = Entity::find_by_id(host).one(db).await?;
    Ok(row.map(|row| row.site_id))
}

/// Adds a host that is not canonical.
///
/// # Errors
/// Also if a site has this host ([`crate::is_taken`]).
pub async fn insert(db: &impl Write, site_id: SiteId, host: &str) -> Result<(), DbErr> {
    let row = ActiveModel {
        host: Set(host.to_owned()),
        site_id: Set(site_id),
        canonical: Set(false),
    };
    Entity::insert(row)
        .exec_without_returning(db)
        .await
        .map(|_| ())
}

/// Removes a host that is not canonical; `false` if the site has no such host.
pub async fn delete(db: &impl Write, site_id: SiteId, host: &str) -> Result<bool, DbErr> {
    let deleted = Entity::delete_many()
        .filter(Column::SiteId.eq(site_id))
        .filter(Column::Host.eq(host))
        .filter(Column::Canonical.eq(false))
        .exec(db)
        .await?;
    Ok(deleted.rows_affected > 0)
}

/// Makes `host` the canonical one of the site. Call it under [`crate::sites::lock`].
pub async fn set_canonical(db: &impl Write, site_id: SiteId, host: &str) -> Result<(), DbErr> {
    // At no moment two: the database allows one.
    for (canonical, which) in [
        (false, Column::Host.ne(host)),
        (true, Column::Host.eq(host)),
    ] {
        Entity::update_many()
            .col_expr(Column::Canonical, Expr::value(canonical))
            .filter(Column::SiteId.eq(site_id))
            .filter(which)
            .exec(db)
            .await?;
    }
    Ok(())
}
