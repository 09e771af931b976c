//! The keys of a Stripe account, and which account they belong to.

mod account;
mod keys;

pub use account::{AccountAnswer, KnownAccount, NotIdentified, which_account};
pub use keys::{
    KEY_MAX, NewStripeKeys, StripeBefore, StripeMode, TypedStripe, WEBHOOK_SECRET_MIN,
    read_stripe_keys, webhook_secrets_in,
};
