//! A membership as its member sees it.

/// A membership, with how it stands at Stripe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Membership {
    /// The purchase that began it; its page is `/purchases/{id}`.
    pub purchase_id: i64,
    /// The product's name when it was bought.
    pub name: String,
    /// `Active`, `Payment failed`; `None` until Stripe has said it.
    pub label: Option<&'static str>,
    /// The end of the class of the badge: `paid`.
    pub badge: &'static str,
    /// `Next payment on November 22, 2026`; empty if there is nothing to say.
    pub words: String,
    /// It goes on, and can be changed in Stripe's portal.
    pub goes_on: bool,
}
