//! What the demo holds: addresses, logins, and the accounts whose events the stand-in sends.

use anyhow::{Context, Result};
use serde::Deserialize;

/// The answer of `server demo --json`.
#[derive(Deserialize)]
pub struct Demo {
    sites: Vec<Site>,
    logins: Vec<Login>,
}

#[derive(Deserialize)]
struct Site {
    key: String,
    name: String,
    url: String,
    stripe_secret_key: String,
    webhook_secret: String,
    webhook_url: String,
}

/// A person with an account on a site.
#[derive(Deserialize)]
pub struct Login {
    site: String,
    name: String,
    pub email: String,
    pub password: String,
    pub role: String,
}

impl Demo {
    /// Reads the JSON that `server demo --json` prints.
    pub fn read(json: &str) -> Result<Self> {
        serde_json::from_str(json.trim()).context("`server demo --json` printed something else")
    }

    /// Has the stand-in at `stripe` send each account's events to its site, as a person would set
    /// up in Stripe's dashboard.
    pub fn register_webhooks(&self, stripe: &str) -> Result<()> {
        for site in &self.sites {
            let endpoint = serde_json::json!({
                "secret_key": site.stripe_secret_key,
                "url": site.webhook_url,
                "signing_secrets": [site.webhook_secret],
            });
            ureq::post(&format!("{stripe}_control/webhooks"))
                .send_json(endpoint)
                .with_context(|| {
                    format!("the stand-in does not take the webhook of {}", site.name)
                })?;
        }
        Ok(())
    }

    pub fn url(&self, site: &str) -> Result<&str> {
        let found = self.sites.iter().find(|found| found.key == site);
        let found = found.with_context(|| format!("the demo has no {site}"))?;
        Ok(&found.url)
    }

    /// Who can sign in to a site.
    pub fn logins<'a>(&'a self, site: &'a str) -> impl Iterator<Item = &'a Login> {
        self.logins.iter().filter(move |login| login.site == site)
    }

    /// Addresses and logins as lines of text.
    pub fn welcome(&self) -> String {
        let mut lines = String::new();
        for site in &self.sites {
            lines += &format!("\n  {:<22}{}\n", site.name, site.url);
            for login in self.logins(&site.key) {
                lines += &format!(
                    "    {} ({}): {} / {}\n",
                    login.name, login.role, login.email, login.password
                );
            }
        }
        lines
    }
}
