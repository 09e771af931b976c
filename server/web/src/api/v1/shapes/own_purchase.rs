//! A purchase with what its buyer can do about it.

use serde::Serialize;
use server_core::dates;
use services::purchases::OpenPage;
use store::entities::purchase;
use utoipa::ToSchema;

use super::{Amount, Purchase};

/// A purchase of the member.
#[derive(Serialize, ToSchema)]
pub struct OwnPurchase {
    #[serde(flatten)]
    purchase: Purchase,
    #[schema(example = 5)]
    product_id: i64,
    /// Stripe's page, while it waits for the member; null otherwise.
    #[schema(
        required,
        format = "uri",
        example = "https://checkout.stripe.com/c/pay/cs_test_a1"
    )]
    checkout_url: Option<String>,
    /// When that page closes; null also where only Stripe knows, about a day after it was opened.
    #[schema(required, format = "date-time")]
    expires_at: Option<String>,
    /// What was paid, credit included; null if nothing was, or not in the currency of the site.
    #[schema(required)]
    paid: Option<Amount>,
    /// The part of it that credit paid; null where that is not known.
    #[schema(required)]
    credit_used: Option<Amount>,
    #[schema(required, format = "date-time")]
    paid_at: Option<String>,
}

impl OwnPurchase {
    /// The purchase, with the page on which it can be paid.
    pub fn of(row: &purchase::Model, page: Option<&OpenPage>) -> Self {
        let amount = |cents: i64| Amount::from(row.money(cents));
        Self {
            purchase: row.into(),
            product_id: row.product_id.get(),
            checkout_url: page.map(|page| page.url.clone()),
            expires_at: page.and_then(|page| page.closes_at).map(dates::iso),
            paid: row.paid_cents.map(amount),
            credit_used: row.credit_used_cents.map(amount),
            paid_at: row.paid_at.map(dates::iso),
        }
    }
}
