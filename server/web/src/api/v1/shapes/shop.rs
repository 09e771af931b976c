//! The shapes of products and purchases.

use domain::purchase::{ProductKind, PurchaseState, label};
use serde::Serialize;
use server_core::dates;
use store::entities::purchase;
use utoipa::ToSchema;

use super::Amount;

/// What kind of product it is.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ProductKind)]
pub enum Kind {
    EventTicket,
    Course,
    /// Paid every month. The only kind that Stripe pays from the balance.
    Membership,
    ShopItem,
}

impl From<ProductKind> for Kind {
    fn from(kind: ProductKind) -> Self {
        match kind {
            ProductKind::EventTicket => Self::EventTicket,
            ProductKind::Course => Self::Course,
            ProductKind::Membership => Self::Membership,
            ProductKind::ShopItem => Self::ShopItem,
        }
    }
}

/// A purchase.
#[derive(Serialize, ToSchema)]
pub struct Purchase {
    #[schema(example = 7)]
    pub id: i64,
    pub status: PurchaseStatus,
    /// How it stands, as a person reads it: also what of it was refunded or is disputed.
    #[schema(example = "Partly refunded")]
    pub status_text: &'static str,
    /// The product's name when it was bought.
    #[schema(example = "Ladies' Night at the Range")]
    pub product_name: String,
    pub kind: Kind,
    /// What was asked, before any balance.
    pub price: Amount,
    /// What refunds gave back of it, to the card and to the member's credit; null if nothing, or if it was paid in
    /// another currency.
    #[schema(required)]
    pub refunded: Option<Amount>,
    #[schema(format = "date-time", example = "2026-11-22T14:05:00Z")]
    pub created_at: String,
}

/// Where a purchase stands.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PurchaseStatus {
    /// Stripe's page waits for the buyer.
    Open,
    /// The buyer chose a slow payment method; the money is on its way.
    Processing,
    Paid,
    /// The slow payment was refused.
    Failed,
    /// Stripe's page was left unpaid and has closed.
    Expired,
    /// The sale was undone at the counter.
    Undone,
}

impl From<&purchase::Model> for Purchase {
    fn from(row: &purchase::Model) -> Self {
        let (price, back) = (row.money(row.price_cents), row.given_back());
        let refunded = row.money(back.cents);
        let is_told = refunded.is_positive() && row.foreign_amount.is_none();
        Self {
            id: row.id.get(),
            status_text: label(*row.state, price, back),
            refunded: is_told.then(|| refunded.into()),
            status: match *row.state {
                PurchaseState::Open => PurchaseStatus::Open,
                PurchaseState::Processing => PurchaseStatus::Processing,
                PurchaseState::Paid => PurchaseStatus::Paid,
                PurchaseState::Failed => PurchaseStatus::Failed,
                PurchaseState::Expired => PurchaseStatus::Expired,
                PurchaseState::Undone => PurchaseStatus::Undone,
            },
            product_name: row.product_name.clone(),
            kind: (*row.kind).into(),
            price: price.into(),
            created_at: dates::iso(row.created_at),
        }
    }
}
