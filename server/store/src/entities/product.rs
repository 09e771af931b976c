//! Something that a tenant sells.
use sea_orm::entity::prelude::*;

/// Something that a tenant sells.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "products")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub site_id: i64,
    /// `ProductKind::code`.
    pub kind: String,
    pub slug: String,
    pub name: String,
    pub summary: String,
    pub description: String,
    pub detail: String,
    /// A membership costs it every month.
    pub price_cents: i64,
    pub currency: String,
    pub picture: String,
    pub position: i64,
    pub withdrawn_at: Option<i64>,
    /// Counts the changes, so that the second of two admins is told.
    pub version: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
