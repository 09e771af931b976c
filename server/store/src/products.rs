//! Products of tenants. Every query filters by their site.

use domain::{
    forms::ProductDraft,
    money::{Currency, Money},
    purchase::ProductKind,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, DerivePartialModel, EntityTrait, QueryFilter,
    QueryOrder, QuerySelect, Select, TryInsertResult,
    sea_query::{Expr, ExprTrait, Func},
};

use super::entities::product::{ActiveModel, Column, Entity, Model};
use crate::{Coded, ProductId, SiteId, Timestamp, Write, row_lock::RowLock};

pub fn of(site_id: SiteId) -> Select<Entity> {
    Entity::find().filter(Column::SiteId.eq(site_id))
}

/// The site's products on sale, without withdrawn ones.
fn on_offer(site_id: SiteId) -> Select<Entity> {
    of(site_id).filter(Column::WithdrawnAt.is_null())
}

/// The products on sale, of all kinds or of one: the events to come, the soonest first; what has no time, in catalog
/// order; and the events that have started by `now`, the latest first.
pub async fn list(
    db: &impl ConnectionTrait,
    site_id: SiteId,
    kind: Option<ProductKind>,
    now: Timestamp,
) -> Result<Vec<Model>, DbErr> {
    let has_started = Column::StartsAt.is_not_null().and(Column::StartsAt.lt(now));
    let away = Func::abs(Expr::col(Column::StartsAt).sub(now));
    let mut products = on_offer(site_id);
    if let Some(kind) = kind {
        products = products.filter(Column::Kind.eq(kind.code()));
    }
    products
        .order_by_asc(has_started)
        .order_by_asc(Column::StartsAt.is_null())
        .order_by_asc(away)
        .order_by_asc(Column::Position)
        .order_by_asc(Column::Id)
        .all(db)
        .await
}

/// The product on sale of this kind and slug.
pub async fn by_slug(
    db: &impl ConnectionTrait,
    site_id: SiteId,
    kind: ProductKind,
    slug: &str,
) -> Result<Option<Model>, DbErr> {
    with_slug(db, on_offer(site_id), kind, slug).await
}

/// The product of this kind and slug, on sale or withdrawn.
pub async fn any_by_slug(
    db: &impl ConnectionTrait,
    site_id: SiteId,
    kind: ProductKind,
    slug: &str,
) -> Result<Option<Model>, DbErr> {
    with_slug(db, of(site_id), kind, slug).await
}

async fn with_slug(
    db: &impl ConnectionTrait,
    products: Select<Entity>,
    kind: ProductKind,
    slug: &str,
) -> Result<Option<Model>, DbErr> {
    // PostgreSQL rejects a query whose text contains NUL.
    if slug.contains('\0') {
        return Ok(None);
    }
    products
        .filter(Column::Kind.eq(kind.code()))
        .filter(Column::Slug.eq(slug))
        .one(db)
        .await
}

/// The product on sale with this id.
pub async fn by_id(
    db: &impl ConnectionTrait,
    site_id: SiteId,
    id: ProductId,
) -> Result<Option<Model>, DbErr> {
    on_offer(site_id).filter(Column::Id.eq(id)).one(db).await
}

/// The product on sale with this page path.
pub async fn by_path(
    db: &impl ConnectionTrait,
    site_id: SiteId,
    path: &str,
) -> Result<Option<Model>, DbErr> {
    let parts = path.trim_start_matches('/').split_once('/');
    let product =
        parts.and_then(|(section, slug)| ProductKind::from_section(section).zip(Some(slug)));
    match product {
        Some((kind, slug)) => by_slug(db, site_id, kind, slug).await,
        None => Ok(None),
    }
}

pub async fn insert(db: &impl Write, product: ActiveModel) -> Result<Model, DbErr> {
    Entity::insert(product).exec_with_returning(db).await
}

impl Model {
    pub fn price(&self) -> Money {
        Money::new(self.price_cents, *self.currency)
    }
}

/// The parts of the path of a product's page.
#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "Entity")]
pub struct Address {
    kind: Coded<ProductKind, Entity>,
    slug: String,
    withdrawn_at: Option<Timestamp>,
}

impl Address {
    /// Whether the page exists: a product that was withdrawn has none.
    pub fn is_on_offer(&self) -> bool {
        self.withdrawn_at.is_none()
    }

    pub fn path(&self) -> String {
        joined(*self.kind, &self.slug)
    }
}

/// The path of the product's page.
pub fn path(product: &Model) -> String {
    joined(*product.kind, &product.slug)
}

fn joined(kind: ProductKind, slug: &str) -> String {
    format!("/{}/{slug}", kind.section())
}

/// All products of the site, including withdrawn ones, in catalog order.
pub async fn all(db: &impl ConnectionTrait, site_id: SiteId) -> Result<Vec<Model>, DbErr> {
    of(site_id)
        .order_by_asc(Column::Position)
        .order_by_asc(Column::Id)
        .all(db)
        .await
}

/// The product with this id, on sale or withdrawn.
pub async fn any_by_id(
    db: &impl ConnectionTrait,
    site_id: SiteId,
    id: ProductId,
) -> Result<Option<Model>, DbErr> {
    of(site_id).filter(Column::Id.eq(id)).one(db).await
}

/// The product with this id, on sale or withdrawn, locked until the transaction ends.
pub async fn lock(db: &impl Write, site_id: SiteId, id: ProductId) -> Result<Option<Model>, DbErr> {
    of(site_id).filter(Column::Id.eq(id)).locked().one(db).await
}

/// The position of the last product in the catalog; 0 if there is none.
pub async fn last_position(db: &impl ConnectionTrait, site_id: SiteId) -> Result<i64, DbErr> {
    let last = of(site_id).order_by_desc(Column::Position).one(db).await?;
    Ok(last.map_or(0, |last| last.position))
}

/// Inserts a product and returns its id; `None` if the site has a product of that kind with the
/// same slug. A conflict does not abort the caller's transaction.
pub async fn insert_at_free_slug(
    db: &impl Write,
    product: ActiveModel,
) -> Result<Option<ProductId>, DbErr> {
    let inserted = Entity::insert(product)
        .on_conflict_do_nothing_on([Column::SiteId, Column::Kind, Column::Slug])
        .exec(db)
        .await?;
    Ok(match inserted {
        TryInsertResult::Inserted(inserted) => Some(inserted.last_insert_id),
        TryInsertResult::Empty | TryInsertResult::Conflicted => None,
    })
}

/// Changes the product to the draft; `false` if it no longer has `version`. Purchases keep the name
/// and price that they were made with.
pub async fn change(
    db: &impl Write,
    site_id: SiteId,
    id: ProductId,
    version: i64,
    (draft, starts_at): (&ProductDraft, Option<Timestamp>),
) -> Result<bool, DbErr> {
    let changed = Entity::update_many()
        .col_expr(Column::Name, Expr::value(draft.name.as_str()))
        .col_expr(Column::Summary, Expr::value(draft.summary.as_str()))
        .col_expr(Column::Description, Expr::value(draft.description.as_str()))
        .col_expr(Column::Detail, Expr::value(draft.detail.as_str()))
        .col_expr(Column::StartsAt, Expr::value(starts_at))
        .col_expr(Column::Ships, Expr::value(draft.ships))
        .col_expr(Column::PriceCents, Expr::value(draft.price_cents))
        .col_expr(Column::Version, Expr::value(version + 1))
        .filter(at(site_id, id, version))
        .exec(db)
        .await?;
    Ok(changed.rows_affected > 0)
}

/// The lowest price of the site's products that is not free; `None` if there is none.
pub async fn least_price(db: &impl ConnectionTrait, site_id: SiteId) -> Result<Option<i64>, DbErr> {
    Entity::find()
        .select_only()
        .column(Column::PriceCents)
        .filter(Column::SiteId.eq(site_id))
        .filter(Column::PriceCents.gt(0))
        .order_by_asc(Column::PriceCents)
        .into_tuple()
        .one(db)
        .await
}

/// Prices every product of the site in this currency; the numbers stay.
pub async fn set_currency(
    db: &impl Write,
    site_id: SiteId,
    currency: Currency,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::Currency, Expr::value(currency.code()))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .filter(Column::SiteId.eq(site_id))
        .exec(db)
        .await
        .map(|_| ())
}

/// Withdraws the product from sale at this time, or puts it back on sale with `None`; `false` if it
/// no longer has `version`.
pub async fn set_withdrawn(
    db: &impl Write,
    site_id: SiteId,
    id: ProductId,
    version: i64,
    withdrawn_at: Option<Timestamp>,
) -> Result<bool, DbErr> {
    let changed = Entity::update_many()
        .col_expr(Column::WithdrawnAt, Expr::value(withdrawn_at))
        .col_expr(Column::Version, Expr::value(version + 1))
        .filter(at(site_id, id, version))
        .exec(db)
        .await?;
    Ok(changed.rows_affected > 0)
}

fn at(site_id: SiteId, id: ProductId, version: i64) -> Condition {
    Condition::all()
        .add(Column::SiteId.eq(site_id))
        .add(Column::Id.eq(id))
        .add(Column::Version.eq(version))
}
