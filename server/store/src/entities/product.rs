//! A product that a tenant sells.
use domain::{money::Currency, purchase::ProductKind};
use sea_orm::entity::prelude::*;

use crate::columns::{Coded, ProductId, SiteId, Timestamp};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "products")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: ProductId,
    pub site_id: SiteId,
    pub kind: Coded<ProductKind, Entity>,
    pub slug: String,
    pub name: String,
    pub summary: String,
    pub description: String,
    pub detail: String,
    /// When an event begins; `None` if it has no date, and for other kinds.
    pub starts_at: Option<Timestamp>,
    /// A shop item that is sent to the buyer; false for other kinds.
    pub ships: bool,
    /// For a membership, the price of a month.
    pub price_cents: i64,
    pub currency: Coded<Currency, Entity>,
    pub picture: String,
    pub position: i64,
    pub withdrawn_at: Option<Timestamp>,
    /// Counts changes, so that the later of two admins' concurrent saves is refused.
    pub version: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
