//! Purchases as their buyer sees them.

use domain::{
    money::Money,
    purchase::{ProductKind, PurchaseState},
};
use serde::{Deserialize, Serialize};

/// A member's earlier purchases of a product.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BegunBefore {
    /// A Checkout session is open for it.
    pub open_page: bool,
    /// The credit that the open session holds.
    pub held: Option<Money>,
    /// The credit that the member has.
    pub available: Option<Money>,
    /// The credit that is reserved for other purchases, or on its way to the balance.
    pub reserved: Option<Money>,
    /// It is a membership that the member already has.
    pub already_member: bool,
    /// The credit that can be used for it.
    pub credit: Option<CreditOffer>,
    /// Random: the form makes one purchase that is free or that credit covers, however often it is
    /// sent.
    pub form_token: String,
}

/// The credit that a member can use for a product.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreditOffer {
    /// The part of the price that the credit pays.
    pub pays: Money,
    /// What is left to pay.
    pub to_pay: Money,
}

/// What a member orders with the button of a product.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BuyForm {
    pub product_id: i64,
    /// The member wants a second membership of this product.
    pub another: bool,
    /// The member uses credit; `Some` holds the cents that the page said are left to pay.
    pub credit: Option<i64>,
    pub form_token: String,
}

/// One purchase, as its own page shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Purchase {
    pub line: PurchaseLine,
    /// The part of the price that credit paid.
    pub credit: Option<Money>,
    /// The amount paid with the card, `$45.00`, also in another currency than the price's; `None`
    /// until Stripe confirms it.
    pub paid: Option<String>,
    /// The heading: `You bought Steel Challenge`.
    pub title: String,
    /// The sentence below it.
    pub words: String,
}

/// A purchase and what was bought, as the page of the receipt has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PurchaseReceipt {
    pub purchase: Purchase,
    /// The product as the catalog has it now, perhaps withdrawn.
    pub product: Option<super::Product>,
    /// Stripe's page, while it can be paid.
    pub open: Option<OpenPurchase>,
}

/// Stripe's page of a purchase that is not paid, as far as we know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenPurchase {
    /// What was bought, on offer or withdrawn.
    pub product_id: i64,
    /// Its address; `None` until Stripe has answered.
    pub url: Option<String>,
    /// The credit that it holds.
    pub held: Option<Money>,
}

/// One purchase in a list of the server's, with the words for what of it went back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedPurchase {
    pub line: PurchaseLine,
    /// `Paid`, `Partly refunded`.
    pub label: &'static str,
    /// The end of the class of the badge: `paid`.
    pub badge: &'static str,
    /// `$10.00 refunded`, of a purchase of which a part went back.
    pub back: Option<String>,
}

/// One purchase, as its page and lists show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PurchaseLine {
    /// Our id; its page is `/purchases/{id}`.
    pub id: i64,
    /// The product's name when it was bought.
    pub product_name: String,
    pub kind: ProductKind,
    /// The path of the product's page; empty on the page of a purchase of what was withdrawn.
    pub product_path: String,
    /// The price before any credit from the customer balance.
    pub price: Money,
    pub state: PurchaseState,
    /// `November 22, 2026`.
    pub bought_on: String,
    /// ISO 8601, for `<time datetime>`.
    pub bought_at: String,
    /// Sold at the counter, not through Stripe.
    pub in_person: bool,
}
