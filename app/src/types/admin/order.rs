//! Purchases of either program as the console lists them.

use domain::{money::Money, purchase::OrderFilter, referral::ReferralStatus};

use super::StoryFact;

/// One row of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderRow {
    /// The purchase's own id, by which it can be searched for.
    pub number: i64,
    /// When the purchase began: `Nov 22, 2026, 2:05 PM EST`.
    pub on: String,
    /// ISO 8601, for `<time datetime>`.
    pub at: String,
    /// Tenant: the member's name. Platform: the e-mail address, which may be unknown.
    pub buyer: Option<String>,
    /// The member's page in the console.
    pub buyer_path: Option<String>,
    /// The product's name when it was bought, or the plan.
    pub product: String,
    /// The kind of product, or the brand.
    pub kind: String,
    /// The price before any credit; `None` if Stripe did not say.
    pub price: Option<Money>,
    /// How often the price is paid: `/month`, or nothing.
    pub period: &'static str,
    /// The part of the price that credit paid.
    pub credit_used: Option<Money>,
    /// What was paid in another currency: `18,000 JPY`.
    pub foreign: Option<String>,
    /// How what was paid differs from the price: `$10.00 charged instead of $35.00`.
    pub differs: Option<String>,
    /// `Paid`, `Partly refunded`.
    pub label: &'static str,
    /// The end of the class of the label's badge: `paid`.
    pub badge: &'static str,
    /// `$10.00 refunded`, of a purchase of which a part went back.
    pub back: Option<String>,
    /// The page that refunds it, for who may and where something was paid by card or with credit.
    pub refund_path: Option<String>,
    /// Why the purchase was undone.
    pub undone_reason: Option<String>,
    /// Sold at the counter, not through Stripe.
    pub in_person: bool,
    /// What names it at Stripe: the Checkout session and the payment, of a membership or plan the subscription too.
    pub stripe: Vec<StoryFact>,
    /// The referral for which it counts, or may count once it is paid.
    pub referral: Option<OrderReferral>,
}

/// The referral of a purchase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderReferral {
    /// The referrer's name.
    pub referrer: String,
    pub status: ReferralStatus,
    /// The path of the referral's page.
    pub path: String,
}

/// One page of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrdersPage {
    /// The filter as it was understood.
    pub filter: OrderFilter,
    /// Sentences about what was ignored.
    pub ignored: Vec<String>,
    pub rows: Vec<OrderRow>,
    /// The filter of the next, older page.
    pub older: Option<OrderFilter>,
}
