//! The operator's settings, from flags or environment variables.

use std::net::SocketAddr;

use clap::Args;

/// Settings of every command that touches the database.
#[derive(Args, Clone)]
pub struct Config {
    /// `sqlite://path/pewpros.db?mode=rwc` or `postgres://user:password@host/database`.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    pub database_url: String,

    /// At least 32 characters that only this installation knows; seals the Stripe keys.
    #[arg(long, env = "APP_SECRET", hide_env_values = true)]
    pub app_secret: String,

    /// Where to listen.
    #[arg(long, env = "LISTEN", default_value = "127.0.0.1:3000")]
    pub listen: SocketAddr,

    /// Root of Stripe's API; another one only for tests and the demo.
    #[arg(
        long,
        env = "STRIPE_API_BASE",
        default_value = "https://api.stripe.com/"
    )]
    pub stripe_api_base: String,

    /// Tell visitors that payments are simulated.
    #[arg(long, env = "SIMULATED_PAYMENTS", default_value_t = false, action = clap::ArgAction::Set)]
    pub simulated_payments: bool,

    /// A proxy in front of us speaks TLS: links say `https` and cookies are `Secure`.
    #[arg(long, env = "BEHIND_TLS", default_value_t = false, action = clap::ArgAction::Set)]
    pub behind_tls: bool,

    /// Proxies in front of us (10.0.0.5 or 10.0.0.0/8): from them alone the visitor's address is
    /// read in `X-Forwarded-For`.
    #[arg(long, env = "TRUSTED_PROXIES", value_delimiter = ',')]
    pub trusted_proxies: Vec<String>,

    /// Pages of other origins (https://app.example.com) that may call the mobile API.
    #[arg(long, env = "CORS_ORIGINS", value_delimiter = ',')]
    pub cors_origins: Vec<String>,
}

impl Config {
    /// The scheme that visitors see: `http` or `https`.
    pub fn scheme(&self) -> &'static str {
        if self.behind_tls { "https" } else { "http" }
    }

    /// The address of a site's pages at `host`, as visitors see it.
    pub fn base_url(&self, host: &str) -> String {
        match self.behind_tls {
            true => format!("https://{host}"),
            false => format!("http://{host}:{}", self.listen.port()),
        }
    }
}
