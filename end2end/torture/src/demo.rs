//! What `server demo --json` made: sites and their accounts.

use serde::Deserialize;

/// Everything.
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
/// The brands' sites.
pub const BRANDS: [&str; 2] = ["pewpros", "coachpros"];

impl Demo {
    pub fn site(&self, key: &str) -> anyhow::Result<&Site> {
        let found = self.sites.iter().find(|site| site.key == key);
        found.ok_or_else(|| anyhow::anyhow!("the demo has no site {key}"))
    }

    /// The secret key of each account, once.
    pub fn accounts(&self) -> Vec<String> {
        let mut keys: Vec<String> = self
            .sites
            .iter()
            .map(|site| site.stripe_secret_key.clone())
            .collect();
        keys.sort();
        keys.dedup();
        keys
    }
}
