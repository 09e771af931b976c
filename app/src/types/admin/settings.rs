//! Site Settings, Payments tab.

use domain::{
    credit::Program,
    money::{Currency, Money},
};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The page.
pub const SETTINGS_PATH: &str = "/admin/settings";

/// The settings on the Payments tab that the viewer may see.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentSettings {
    /// `None` for someone who is not an admin of this site.
    pub tenant: Option<TenantSettings>,
    /// `None` for someone who is not a platform admin.
    pub platform: Option<PlatformSettings>,
}

/// Settings of the tenant program on this site.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenantSettings {
    /// What one referral earns; 0 switches the program off.
    pub credit: Money,
    /// The currency of products and credits.
    pub currency: Currency,
    /// Something was sold or credited in it.
    pub currency_is_fixed: bool,
    /// How many days the browser remembers a referral code; 0: until it closes.
    pub memory_days: i64,
    /// Counts the changes. A form sends it back, so that the second of two admins is refused.
    pub version: i64,
    /// The Stripe account that takes payments, if one is connected.
    pub stripe: Option<StripeConnection>,
}

/// Settings of the platform program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlatformSettings {
    /// What one referral earns; 0 switches the program off.
    pub credit: Money,
    /// How many days the browser remembers a referral code; 0: until it closes.
    pub memory_days: i64,
    /// Counts the changes. A form sends it back, so that the second of two admins is refused.
    pub version: i64,
    /// The Stripe account that takes payments, if one is connected.
    pub stripe: Option<StripeConnection>,
}

/// A connected Stripe account, without its secrets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StripeConnection {
    /// Last four characters of the secret key.
    pub last4: String,
    /// Live mode; otherwise test mode.
    pub live: bool,
    /// Whether it works, as a badge says it: `Connected`.
    pub badge: String,
    /// What is wrong, and what to do; `None` if all is well.
    pub wrong: Option<String>,
    /// The address to enter at Stripe: `https://detroitarms.com/webhooks/stripe/…`.
    pub webhook_url: String,
    /// What else is known, each with its name: `Last event from Stripe`, `None yet`.
    pub facts: Vec<(String, String)>,
    /// What its signing secrets are called, newest first: `1 of 2, ending in 3kQ9`.
    pub secrets: Vec<String>,
    /// Counts the changes. A form sends it back, so that the second of two admins is refused.
    pub version: i64,
}

/// A payment from a Stripe event that matches no purchase.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnmatchedPayment {
    /// The id of the row of the event.
    pub event: i64,
    pub program: Program,
    /// `$45.00`; in a currency that is not supported, the smallest units and the code.
    pub amount: String,
    /// The address that Stripe has; empty if it has none.
    pub email: String,
    /// `cs_…`
    pub session: String,
    /// When the event arrived: `Nov 22, 2026, 2:05 PM EST`.
    pub on: String,
    /// ISO 8601, for `<time datetime>`.
    pub at: String,
}

/// The form "Referral Program", every field as typed. `None` (not sent) changes nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingsForm {
    /// **Tenant Referral Credit Amount**, in cents.
    pub tenant_credit: Option<String>,
    /// `Currency::code`.
    pub currency: Option<String>,
    /// Days.
    pub memory_days: Option<String>,
    /// The version of the tenant's settings that the form was filled from.
    pub version: String,
    /// **Platform Referral Credit Amount**, in cents.
    pub platform_credit: Option<String>,
    /// Days.
    pub platform_memory_days: Option<String>,
    /// The version of the platform's settings that the form was filled from.
    pub platform_version: String,
    /// The tenant's amount in cents, once it is confirmed that it is meant; empty before.
    pub tenant_credit_confirmed: String,
    /// The platform's amount, likewise.
    pub platform_credit_confirmed: String,
}

impl SettingsForm {
    /// The fields that were sent with their names, what was confirmed, and the versions, which stay with a form
    /// that is shown again.
    pub fn sent(&self) -> Vec<(&'static str, &str)> {
        let fields = [
            ("tenant_credit", &self.tenant_credit),
            ("currency", &self.currency),
            ("memory_days", &self.memory_days),
            ("platform_credit", &self.platform_credit),
            ("platform_memory_days", &self.platform_memory_days),
        ];
        let sent = fields.into_iter();
        let sent = sent.filter_map(|(name, typed)| Some((name, typed.as_deref()?)));
        let confirmed = [
            (
                "tenant_credit_confirmed",
                self.tenant_credit_confirmed.as_str(),
            ),
            ("platform_credit_confirmed", &self.platform_credit_confirmed),
        ];
        let confirmed = confirmed.into_iter();
        let confirmed = confirmed.filter(|(_, cents)| !cents.is_empty());
        let versions = [
            ("version", self.version.as_str()),
            ("platform_version", &self.platform_version),
        ];
        sent.chain(confirmed).chain(versions).collect()
    }
}

/// The form that connects Stripe, every field as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StripeForm {
    /// `sk_…`; empty keeps the current one.
    pub secret_key: String,
    /// `whsec_…`, separated by white space; they are added to those in force.
    pub webhook_secrets: String,
    /// `on` if they replace those in force.
    pub replace_secrets: String,
    /// `on` if the new key belongs to the account that is connected already.
    pub same_account: String,
    /// The version that the form was filled from; empty if nothing is connected.
    pub version: String,
}

/// A form field that may not have been sent. The form decoder reads an empty `Option<String>` as not
/// sent, but an empty field is a value that somebody typed (`docs/rules.md` 14).
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
