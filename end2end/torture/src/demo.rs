//! The output of `server demo --json`: the sites and their Stripe accounts.

use serde::Deserialize;

/// All sites, in test mode.
#[derive(Deserialize)]
pub struct Demo {
    pub sites: Vec<Site>,
}

#[derive(Clone, Deserialize)]
pub struct Site {
    pub key: String,
    /// `http://localhost:3000`, with the balancer's port.
    pub url: String,
    pub stripe_secret_key: String,
    pub webhook_secret: String,
    pub webhook_url: String,
}

/// Keys of the tenants' sites.
pub const TENANTS: [&str; 2] = ["detroit-arms", "motor-city-coaching"];
/// Where a refund of a part takes back its share of the credit, in the test.
pub const TAKES_SHARE: &str = TENANTS[0];
/// Where credits are on hold for a day, in the test.
pub const HOLDS: &str = TENANTS[1];
/// The password of the demo's admins.
pub const ADMIN_PASSWORD: &str = "range-day-2026";

/// Who runs a tenant's site; on a brand's, the platform's owner.
pub fn admin_of(site: &str) -> &'static str {
    match site {
        _ if site == TENANTS[0] => "dana@example.com",
        _ if site == TENANTS[1] => "rosa@example.com",
        _ => "alex@example.com",
    }
}

/// What a referral earns on each tenant's site at first, in cents.
pub const TENANT_CREDIT_CENTS: i64 = 1000;
/// What a platform referral earns at first, in cents.
pub const PLATFORM_CREDIT_CENTS: i64 = 5000;
/// Keys of the brands' sites.
pub const BRANDS: [&str; 2] = ["pewpros", "coachpros"];

impl Demo {
    pub fn site(&self, key: &str) -> anyhow::Result<&Site> {
        let found = self.sites.iter().find(|site| site.key == key);
        found.ok_or_else(|| anyhow::anyhow!("the demo has no site {key}"))
    }
}

impl Site {
    /// The first secret key of the account in live mode.
    pub fn live_key(&self) -> String {
        self.stripe_secret_key.replacen("_test_", "_live_", 1)
    }

    /// Whether the site is connected to live mode.
    pub fn is_live(&self) -> bool {
        is_live(&self.stripe_secret_key)
    }
}

/// The first secret key of each account and mode, without duplicates.
pub fn accounts(sites: &[Site]) -> Vec<String> {
    let mut keys: Vec<String> = sites
        .iter()
        .map(|site| site.stripe_secret_key.clone())
        .collect();
    keys.sort();
    keys.dedup();
    keys
}

/// Whether a secret key or the id of a Checkout session belongs to live mode; Stripe writes the
/// mode into both.
pub fn is_live(key_or_id: &str) -> bool {
    key_or_id.contains("_live_")
}
