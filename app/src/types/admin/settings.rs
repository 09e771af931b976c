//! Site Settings, Payments tab.

use domain::{
    credit::Program,
    money::{Currency, Money},
};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// What the viewer may see of the Payments tab.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentSettings {
    /// For who runs this tenant site.
    pub tenant: Option<TenantSettings>,
    /// For who runs the platform program.
    pub platform: Option<PlatformSettings>,
}

/// Settings of the tenant program on this site.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenantSettings {
    /// What one referral earns; 0: off.
    pub credit: Money,
    /// What the site trades in.
    pub currency: Currency,
    /// Days that a referral outlives the session; 0: it ends with the browser.
    pub memory_days: i64,
    /// Sent back with a change, so that the second of two admins is told.
    pub version: i64,
    /// Where payments go.
    pub stripe: Option<StripeConnection>,
}

/// Settings of the platform program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlatformSettings {
    /// What one referral earns; 0: off.
    pub credit: Money,
    /// Days that a referral outlives the session; 0: it ends with the browser.
    pub memory_days: i64,
    /// Sent back with a change, so that the second of two admins is told.
    pub version: i64,
    /// Where payments go.
    pub stripe: Option<StripeConnection>,
}

/// A connected Stripe account. Its secrets are never among these.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StripeConnection {
    /// Last four characters of the secret key.
    pub last4: String,
    /// A live key; else a test key.
    pub live: bool,
    /// The address to enter at Stripe: `https://detroitarms.com/webhooks/stripe/…`.
    pub webhook_url: String,
    /// How many webhook secrets are in force.
    pub webhook_secrets: usize,
    /// When Stripe last sent an event: `November 22, 2026, 14:05 UTC`; `None`: never.
    pub last_event_on: Option<String>,
    /// Sent back with a change, so that the second of two admins is told.
    pub version: i64,
}

/// A payment that Stripe told of and no purchase is found for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnmatchedPayment {
    /// Our id of the event.
    pub event: i64,
    /// Whose.
    pub program: Program,
    /// `$45.00`; in a currency that nobody here trades in, its least units and its code.
    pub amount: String,
    /// As Stripe has it; empty where it has none.
    pub email: String,
    /// `cs_…`
    pub session: String,
    /// When Stripe told it: `November 22, 2026, 14:05 UTC`.
    pub on: String,
    /// The same, for machines.
    pub at: String,
}

/// The form "Referral Program", every field as typed; a field that was not sent changes nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingsForm {
    /// **Tenant Referral Credit Amount**, in cents.
    pub tenant_credit: Option<String>,
    /// `Currency::code`.
    pub currency: Option<String>,
    /// Days.
    pub memory_days: Option<String>,
    /// The version that the tenant's part was filled from.
    pub version: String,
    /// **Platform Referral Credit Amount**, in cents.
    pub platform_credit: Option<String>,
    /// Days.
    pub platform_memory_days: Option<String>,
    /// The version that the platform's part was filled from.
    pub platform_version: String,
}

/// The form that connects Stripe, every field as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StripeForm {
    /// `test` or `live`.
    pub mode: String,
    /// `sk_…`; empty keeps the one in force.
    pub secret_key: String,
    /// `whsec_…`, separated by white space; empty keeps those in force.
    pub webhook_secrets: String,
    /// `on`: the new key is of the account that is connected already.
    pub same_account: String,
    /// The version that the form was filled from; empty where nothing is connected.
    pub version: String,
}

/// A field as it was sent, if it was. A form's decoder takes an empty `Option<String>` for one that
/// was not sent; here empty is what somebody typed (`docs/rules.md` 14).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sent(pub Option<String>);

impl Serialize for Sent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Sent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|sent| Self(Some(sent)))
    }
}
