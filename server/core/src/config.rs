//! The operator's settings, from flags or environment variables.

use std::{
    net::{IpAddr, SocketAddr},
    num::NonZeroU32,
};

use anyhow::ensure;
use clap::Args;
use http::Uri;

/// Settings of every command that touches the database.
#[derive(Args, Clone)]
pub struct Config {
    /// `sqlite://path/pewpros.db?mode=rwc` or `postgres://user:password@host/database`.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    pub database_url: String,

    /// At least 32 characters that only this installation knows; seals the Stripe keys.
    #[arg(long, env = "APP_SECRET", hide_env_values = true)]
    pub app_secret: String,

    /// Another one that opens what was sealed under it, while APP_SECRET is replaced.
    #[arg(long, env = "APP_SECRET_OLD", hide_env_values = true)]
    pub app_secret_old: Option<String>,

    /// Where to listen.
    #[arg(long, env = "LISTEN", default_value = "127.0.0.1:3000")]
    pub listen: SocketAddr,

    /// How many connections the process opens to PostgreSQL for pages and jobs at most; five more are the
    /// queue's and the open pages'.
    #[arg(
        long,
        env = "DATABASE_CONNECTIONS",
        default_value_t = 16,
        value_parser = clap::value_parser!(u32).range(4..=1000)
    )]
    pub database_connections: u32,

    /// Root of Stripe's API; another one only for tests and the demo.
    #[arg(
        long,
        env = "STRIPE_API_BASE",
        default_value = "https://api.stripe.com/"
    )]
    pub stripe_api_base: String,

    /// The mail server: `smtps://user:password@host` or `smtp://user:password@host?tls=required`.
    #[arg(long, env = "SMTP_URL", hide_env_values = true)]
    pub smtp_url: Option<String>,

    /// The address from which mail is sent; with SMTP_URL.
    #[arg(long, env = "MAIL_FROM")]
    pub mail_from: Option<String>,

    /// How many mails each process sends in a second at most.
    #[arg(long, env = "MAIL_PER_SECOND", default_value = "10")]
    pub mail_per_second: NonZeroU32,

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

    /// Days after which bodies of Stripe's events, mails and the security log end; 30 at least.
    #[arg(long, env = "RETENTION_DAYS", default_value_t = 90, value_parser = clap::value_parser!(u16).range(30..))]
    pub retention_days: u16,

    /// Not a setting of an operator.
    #[arg(skip)]
    pub password_cost: PasswordCost,
}

/// What a hash of a password costs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PasswordCost {
    #[default]
    Full,
    /// For tests of other things, of which a full hash would take a tenth of the time.
    Least,
}

impl Config {
    /// The scheme that visitors see: `http` or `https`.
    pub fn scheme(&self) -> &'static str {
        if self.behind_tls { "https" } else { "http" }
    }

    /// `APP_SECRET_OLD`; an empty one counts as none.
    pub fn app_secret_old(&self) -> Option<&str> {
        self.app_secret_old.as_deref().filter(|old| !old.is_empty())
    }

    /// Refuses settings under which secrets would leave this machine unencrypted, or which contradict
    /// each other.
    ///
    /// # Errors
    /// Says which setting it is.
    pub fn check(&self) -> anyhow::Result<()> {
        ensure!(
            self.app_secret_old() != Some(&self.app_secret),
            "APP_SECRET_OLD is the same as APP_SECRET"
        );
        ensure!(
            is_private(&self.stripe_api_base),
            "STRIPE_API_BASE: Stripe's keys would travel unencrypted; only this machine may be \
             reached by http"
        );
        ensure!(
            self.smtp_url.as_deref().is_none_or(is_private_smtp),
            "SMTP_URL: passwords and links would travel unencrypted; use smtps:// or add \
             ?tls=required"
        );
        Ok(())
    }

    /// Whether somebody between this machine and PostgreSQL could read along, or take its place.
    pub fn reaches_the_database_openly(&self) -> bool {
        is_open_database(&self.database_url)
    }

    /// The address of a site's pages at `host`, as visitors see it.
    pub fn base_url(&self, host: &str) -> String {
        match self.behind_tls {
            true => format!("https://{host}"),
            false => format!("http://{host}:{}", self.listen.port()),
        }
    }
}

/// Whether nobody between this machine and `address` can read along.
fn is_private(address: &str) -> bool {
    let Ok(uri) = address.parse::<Uri>() else {
        return false;
    };
    match uri.scheme_str() {
        Some("https") => true,
        Some("http") => is_this_machine(&uri),
        _ => false,
    }
}

/// The same for a mail server.
fn is_private_smtp(address: &str) -> bool {
    let Ok(uri) = address.parse::<Uri>() else {
        return false;
    };
    let mut options = uri.query().unwrap_or_default().split('&');
    match uri.scheme_str() {
        Some("smtps") => true,
        Some("smtp") => is_this_machine(&uri) || options.any(|option| option == "tls=required"),
        _ => false,
    }
}

/// Whether `address` is PostgreSQL's on another machine whose certificate is not checked.
fn is_open_database(address: &str) -> bool {
    // What is no such address is a file, or a socket of this machine.
    let Ok(uri) = address.parse::<Uri>() else {
        return false;
    };
    let is_postgres = matches!(uri.scheme_str(), Some("postgres" | "postgresql"));
    let mut options = uri.query().unwrap_or_default().split('&');
    let closed = options.any(|option| {
        let (name, value) = option.split_once('=').unwrap_or_default();
        match name {
            "sslmode" | "ssl-mode" => matches!(value, "verify-ca" | "verify-full"),
            "host" => value.starts_with('/') || value.starts_with("%2F"),
            _ => false,
        }
    });
    is_postgres && !is_this_machine(&uri) && !closed
}

fn is_this_machine(uri: &Uri) -> bool {
    let host = uri.host().unwrap_or_default();
    let ip = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || ip.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::{is_open_database, is_private, is_private_smtp};

    #[test]
    fn another_machines_database_is_known_by_its_certificate() {
        for address in [
            "sqlite:///var/lib/pewpros/pewpros.db?mode=rwc",
            "postgres://pewpros:secret@localhost/pewpros",
            "postgres://pewpros@127.0.0.1:5433/pewpros?sslmode=disable",
            "postgres:///pewpros?host=/run/postgresql",
            "postgres://pewpros@10.0.0.7/pewpros?host=%2Frun%2Fpostgresql",
            "postgres://pewpros:secret@db.example.com/pewpros?sslmode=verify-full",
            "postgresql://db.example.com/pewpros?application_name=a&sslmode=verify-ca",
        ] {
            assert!(!is_open_database(address), "{address}");
        }
        for address in [
            "postgres://pewpros:secret@db.example.com/pewpros",
            "postgres://pewpros:secret@10.0.0.7:5432/pewpros?sslmode=require",
            "postgresql://db.example.com/pewpros?sslmode=prefer",
        ] {
            assert!(is_open_database(address), "{address}");
        }
    }

    #[test]
    fn mail_travels_encrypted() {
        for address in [
            "smtps://user:password@mail.example.com",
            "smtp://mail.example.com:587?tls=required",
            "smtp://127.0.0.1:2525",
            "smtp://localhost",
        ] {
            assert!(is_private_smtp(address), "{address}");
        }
        for address in [
            "smtp://mail.example.com",
            "smtp://mail.example.com?tls=opportunistic",
            "smtp://localhost.example.com",
            "smtp://127.0.0.1@mail.example.com",
            "mail.example.com",
        ] {
            assert!(!is_private_smtp(address), "{address}");
        }
    }

    #[test]
    fn only_this_machine_is_reached_unencrypted() {
        for address in [
            "https://api.stripe.com/",
            "http://127.0.0.1:4242/",
            "http://[::1]:4242/",
            "http://localhost:4242",
        ] {
            assert!(is_private(address), "{address}");
        }
        for address in [
            "http://api.stripe.com/",
            "http://10.0.0.7:4242/",
            "http://localhost.example.com/",
            "http://127.0.0.1.example.com/",
            "ftp://127.0.0.1/",
            "api.stripe.com",
            "",
        ] {
            assert!(!is_private(address), "{address}");
        }
    }
}
