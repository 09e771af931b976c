//! The platform program's purchases, of all brands, as orders.

use domain::purchase::OrderCursor;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::{Orders, Source};
use crate::{
    PlatformPurchaseId, SiteId,
    entities::platform_purchase::{Column, Entity, Model},
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
    /// All purchases.
    pub fn of_platform() -> Self {
        Self {
            rows: Entity::find(),
            by_state: true,
        }
    }

    /// The purchases with these ids.
    pub fn among(ids: impl IntoIterator<Item = PlatformPurchaseId>) -> Self {
        Self {
            rows: Entity::find().filter(Column::Id.is_in(ids)),
            by_state: false,
        }
    }

    /// The purchase of this Checkout session.
    pub fn of_platform_session(session_id: &str) -> Self {
        Self {
            rows: Entity::find().filter(Column::CheckoutSessionId.eq(session_id)),
            by_state: false,
        }
    }

    /// The purchases of a brand's plan (`Plan::code`).
    pub fn of_plan(brand_id: SiteId, plan: &str) -> Self {
        let rows = Entity::find().filter(Column::SiteId.eq(brand_id));
        Self {
            rows: rows.filter(Column::Plan.eq(plan)),
            by_state: false,
        }
    }
}
