//! What `server demo --json` made: sites and their accounts.

use serde::Deserialize;

/// Everything, in test mode.
#[derive(Deserialize)]
pub struct Demo {
    pub sites: Vec<Site>,
}

/// A site with its Stripe account.
#[derive(Clone, Deserialize)]
pub struct Site {
    pub key: String,
    /// `http://localhost:3000`, the balancer's port.
    pub url: String,
    pub stripe_secret_key: String,
    pub webhook_secret: String,
    pub webhook_url: String,
}

/// The tenants' sites.
pub const TENANTS: [&str; 2] = ["detroit-arms", "motor-city-coaching"];
/// What a referral earns on each tenant's site until somebody changes it, in cents.
pub const TENANT_CREDIT_CENTS: i64 = 1000;
/// The same for the platform_referrer_codes' referrals.
pub const PLATFORM_CREDIT_CENTS: i64 = 5000;
/// The brands' sites.
pub const BRANDS: [&str; 2] = ["pewpros", "coachpros"];

impl Demo {
    pub fn site(&self, key: &str) -> anyhow::Result<&Site> {
        let found = self.sites.iter().find(|site| site.key == key);
        found.ok_or_else(|| anyhow::anyhow!("the demo has no site {key}"))
    }
}

impl Site {
    /// The first secret key of its account in live mode.
    pub fn live_key(&self) -> String {
        self.stripe_secret_key.replacen("_test_", "_live_", 1)
    }

    /// Whether it is connected to the live mode of its account.
    pub fn is_live(&self) -> bool {
        is_live(&self.stripe_secret_key)
    }
}

/// The first secret key of each account and mode, once.
pub fn accounts(sites: &[Site]) -> Vec<String> {
    let mut keys: Vec<String> = sites
        .iter()
        .map(|site| site.stripe_secret_key.clone())
        .collect();
    keys.sort();
    keys.dedup();
    keys
}

/// Whether a secret key or an id of a Checkout session is of live mode: Stripe writes it in both.
pub fn is_live(key_or_id: &str) -> bool {
    key_or_id.contains("_live_")
}
