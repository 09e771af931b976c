//! Payments and what undoes them: charges, refunds and disputes.

pub mod card;
pub mod charge;
pub mod disputes;
pub mod refunds;

/// The table of PaymentIntents.
pub const INTENTS: &str = "payment_intents";
/// The table of charges.
pub const CHARGES: &str = "charges";
