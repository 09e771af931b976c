//! A tenant's purchases as orders. Every source begins with the site.

use domain::purchase::OrderCursor;
use sea_orm::{ColumnTrait, DatabaseBackend, EntityTrait, QueryFilter, sea_query::ExprTrait};

use super::{Orders, Source};
use crate::{
    MemberId, ProductId, PurchaseId, SiteId,
    entities::purchase::{Column, Entity, Model},
    index_hints::no_index,
};

impl Orders for Entity {
    const ID: Column = Column::Id;
    const CREATED_AT: Column = Column::CreatedAt;
    const STATE: Column = Column::State;

    fn key(row: &Model) -> OrderCursor {
        OrderCursor {
            created_at: row.created_at.millis(),
            id: row.id.get(),
        }
    }
}

impl Source<Entity> {
    /// All purchases on the site.
    pub fn of_site(site_id: SiteId) -> Self {
        Self {
            rows: Entity::find().filter(Column::SiteId.eq(site_id)),
            by_state: true,
        }
    }

    /// The purchase with this id.
    pub fn numbered(site_id: SiteId, id: PurchaseId) -> Self {
        Self {
            rows: Entity::find_by_id(id).filter(Column::SiteId.eq(site_id)),
            by_state: false,
        }
    }

    /// The purchase of this Checkout session.
    pub fn of_session(site_id: SiteId, session_id: &str) -> Self {
        let rows = Entity::find().filter(Column::CheckoutSessionId.eq(session_id));
        Self {
            rows: rows.filter(Column::SiteId.eq(site_id)),
            by_state: false,
        }
    }

    /// The purchases of these members, each of whom has few.
    pub fn of_buyers(
        backend: DatabaseBackend,
        site_id: SiteId,
        buyers: impl IntoIterator<Item = MemberId>,
    ) -> Self {
        let rows = Entity::find().filter(no_index(backend, Column::SiteId, true).eq(site_id));
        Self {
            rows: rows.filter(Column::BuyerId.is_in(buyers)),
            by_state: false,
        }
    }

    /// The purchases of this product.
    pub fn of_product(backend: DatabaseBackend, site_id: SiteId, product_id: ProductId) -> Self {
        let rows = Entity::find().filter(no_index(backend, Column::SiteId, true).eq(site_id));
        Self {
            rows: rows.filter(Column::ProductId.eq(product_id)),
            by_state: false,
        }
    }
}
