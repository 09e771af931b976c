//! A purchase as its buyer sees it.

use domain::{
    money::Money,
    purchase::{ProductKind, PurchaseState},
};
use serde::{Deserialize, Serialize};

/// What a member has begun or bought of a product.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BegunBefore {
    /// A page of Stripe's is open for it.
    pub open_page: bool,
    /// It is a membership that the member has bought.
    pub already_member: bool,
}

/// One purchase, with what its own page says beyond a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Purchase {
    /// As a list shows it.
    pub line: PurchaseLine,
    /// What was paid with the card, once Stripe has told; `None` before that.
    pub paid: Option<Money>,
}

/// One purchase in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PurchaseLine {
    /// Our id; its page is `/purchases/{id}`.
    pub id: i64,
    /// The product's name when it was bought.
    pub product_name: String,
    /// What kind of product.
    pub kind: ProductKind,
    /// The path of the product's page.
    pub product_path: String,
    /// What was asked, before any balance.
    pub price: Money,
    /// Where it stands.
    pub state: PurchaseState,
    /// `November 22, 2026`.
    pub bought_on: String,
    /// ISO 8601, for `<time datetime>`.
    pub bought_at: String,
    /// Sold at the counter, not through Stripe.
    pub in_person: bool,
}
