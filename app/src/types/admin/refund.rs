//! Refunds of purchases of either program.

use domain::{credit::Program, money::Money, refund::PartialRefunds};

use super::StoryFact;

/// What the page of a purchase's refunds shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefundPage {
    pub program: Program,
    /// The purchase's id.
    pub number: i64,
    /// The member's name, or the subscriber's address, if it is known.
    pub buyer: Option<String>,
    /// The product's name when it was bought, or the plan with its brand.
    pub product: String,
    /// What was paid with the card, `$45.00`, also in another currency than the price's; `None` if it is
    /// not known.
    pub by_card: Option<String>,
    /// What was paid with credit.
    pub by_credit: Option<Money>,
    /// The purchase's ids at Stripe.
    pub ids: Vec<StoryFact>,
    /// What is left to refund, or why nothing is.
    pub left: Result<RefundLeft, String>,
    /// What a refund of a part takes back of the credit that the purchase earned.
    pub partial_refunds: PartialRefunds,
    /// Newest first.
    pub past: Vec<RefundLine>,
    /// Random: each form refunds once.
    pub form_token: String,
}

/// What is left to refund.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefundLeft {
    /// To the card.
    pub by_card: Money,
    /// To the credit.
    pub by_credit: Money,
    /// Both.
    pub all: Money,
    /// A membership or a plan, of which the admin says how it ends.
    pub is_membership: bool,
}

/// A refund that was made, or is on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefundLine {
    /// `Nov 22, 2026, 2:05 PM EST`.
    pub on: String,
    /// The same as ISO 8601.
    pub at: String,
    /// To the card: `$45.00`.
    pub by_card: String,
    /// To the credit.
    pub by_credit: Option<Money>,
    /// How it stands, in words, with Stripe's code of a failure.
    pub status: String,
    /// The admin, or that it was made in Stripe's dashboard.
    pub by: String,
    pub reason: String,
}

/// What was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RefundForm {
    /// The purchase's id.
    pub number: i64,
    pub amount: String,
    pub reason: String,
    /// How the membership ends; empty for everything else.
    pub ending: String,
    pub token: String,
}
