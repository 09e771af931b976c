//! The keys of a Stripe account, and which account they belong to.

mod account;
mod dashboard;
mod endpoint;
mod health;
mod keys;
mod signing_secrets;

pub use account::{AccountAnswer, KnownAccount, NotIdentified, which_account};
pub use dashboard::dashboard_url;
pub use endpoint::{
    ByHand, EVENTS, EVENTS_VERSION, FoundEndpoint, deliverable, replaced_endpoints,
};
pub use health::{Health, Known};
pub use keys::{
    KEY_MAX, NewStripeKeys, StripeBefore, StripeMode, TypedStripe, WEBHOOK_SECRET_MIN,
    read_stripe_keys, secrets_after, webhook_secrets_in,
};
pub use signing_secrets::{SecretStays, secret_names, secrets_in_force, secrets_without};
