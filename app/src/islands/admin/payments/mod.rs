//! Admin > Settings > Payments: amounts, and the Stripe account.

mod settings_form;
mod signing_secrets;
mod stripe_facts;
mod stripe_form;

pub use settings_form::SettingsForm;
pub use stripe_form::StripeSection;
