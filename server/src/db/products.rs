//! Products: every query starts from their site.

use domain::ProductKind;
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, Select};

use super::entities::product::{ActiveModel, Column, Entity, Model};

/// The products of this site.
pub fn of(site_id: i64) -> Select<Entity> {
    Entity::find().filter(Column::SiteId.eq(site_id))
}

/// What is on sale.
fn on_offer(site_id: i64) -> Select<Entity> {
    of(site_id).filter(Column::WithdrawnAt.is_null())
}

/// Everything on offer, or one kind of it, in catalogue order.
pub async fn list(
    db: &impl ConnectionTrait,
    site_id: i64,
    kind: Option<ProductKind>,
) -> Result<Vec<Model>, DbErr> {
    let mut products = on_offer(site_id);
    if let Some(kind) = kind {
        products = products.filter(Column::Kind.eq(kind.code()));
    }
    products
        .order_by_asc(Column::Position)
        .order_by_asc(Column::Id)
        .all(db)
        .await
}

/// The product on offer at this address.
pub async fn by_slug(
    db: &impl ConnectionTrait,
    site_id: i64,
    kind: ProductKind,
    slug: &str,
) -> Result<Option<Model>, DbErr> {
    // PostgreSQL refuses the whole query over this character.
    if slug.contains('\0') {
        return Ok(None);
    }
    on_offer(site_id)
        .filter(Column::Kind.eq(kind.code()))
        .filter(Column::Slug.eq(slug))
        .one(db)
        .await
}

/// The product on offer with this id.
pub async fn by_id(
    db: &impl ConnectionTrait,
    site_id: i64,
    id: i64,
) -> Result<Option<Model>, DbErr> {
    on_offer(site_id).filter(Column::Id.eq(id)).one(db).await
}

/// Writes a new product.
pub async fn insert(db: &impl ConnectionTrait, product: ActiveModel) -> Result<Model, DbErr> {
    Entity::insert(product).exec_with_returning(db).await
}

/// The path of the product's page.
pub fn path(product: &Model) -> String {
    let section = ProductKind::parse(&product.kind).map_or("shop", ProductKind::section);
    format!("/{section}/{}", product.slug)
}
