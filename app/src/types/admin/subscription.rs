//! Memberships and plans of either program as the console lists them.

use domain::purchase::SubscriptionFilter;

/// One row of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubscriptionRow {
    /// When it began: `Nov 22, 2026, 2:05 PM EST`.
    pub on: String,
    /// ISO 8601, for `<time datetime>`.
    pub at: String,
    /// The number of its order.
    pub number: i64,
    /// The order in the console.
    pub order_path: String,
    /// Tenant: the member's name. Platform: the e-mail address, which may be unknown.
    pub buyer: Option<String>,
    /// The member's page in the console.
    pub buyer_path: Option<String>,
    /// The product's name when it was bought, or the brand and the plan.
    pub product: String,
    /// `Active`; `None` until Stripe has said it.
    pub label: Option<&'static str>,
    /// The end of the class of the badge: `paid`.
    pub badge: &'static str,
    /// `Next payment on Nov 22, 2026`; empty if there is nothing to say.
    pub words: String,
    /// ISO 8601: when it is paid next, ends, or ended.
    pub next_at: Option<String>,
}

/// One page of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubscriptionsPage {
    /// The filter as it was understood.
    pub filter: SubscriptionFilter,
    /// Sentences about what was ignored.
    pub ignored: Vec<String>,
    pub rows: Vec<SubscriptionRow>,
    /// The filter of the next, older page.
    pub older: Option<SubscriptionFilter>,
}
