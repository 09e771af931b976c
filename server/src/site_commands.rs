//! The commands `server site …`, for sites and their hosts.

use std::{path::PathBuf, sync::OnceLock};

use anyhow::Context;
use clap::{Args, Subcommand};
use domain::account::SiteKind;
use server_core::config::Config;
use services::operator::{
    NewSite, add_site,
    sites::{self, SiteChange},
    theme_of,
};
use store::Db;

use crate::open;

/// The commands about sites.
#[derive(Subcommand)]
pub enum Site {
    /// Create a site, with its referral program switched off
    Add(Add),
    /// List the sites with their hosts and time zones
    List {
        #[command(flatten)]
        config: Config,
    },
    /// Change what a site says of itself, as Site Settings > General does
    Set(Box<Set>),
    /// Add and remove hosts of a site, and choose the canonical one
    Host {
        #[command(subcommand)]
        action: Host,
    },
}

/// `site add`.
#[derive(Args)]
pub struct Add {
    #[command(flatten)]
    config: Config,
    /// Short name for commands, e.g. detroit-arms
    #[arg(long)]
    key: String,
    /// What visitors read, e.g. "Detroit Arms"
    #[arg(long)]
    name: String,
    /// One sentence under the name
    #[arg(long, default_value = "")]
    tagline: String,
    /// Its canonical host name, e.g. detroitarms.com
    #[arg(long)]
    host: String,
    /// A tenant's site, or one of the platform's brands
    #[arg(long, default_value = "tenant", value_parser = ["tenant", "platform"])]
    kind: String,
    /// Its theme: range or coach for a tenant, pewpros or coachpros for a brand
    #[arg(long)]
    theme: Option<String>,
}

/// `site set`.
#[derive(Args)]
#[group(id = "what", required = true, multiple = true, args = [
    "name", "tagline", "accent", "time_zone", "address", "hours", "support_email", "logo", "no_logo",
])]
pub struct Set {
    #[command(flatten)]
    config: Config,
    /// Key of the site, e.g. detroit-arms
    #[arg(long)]
    site: String,
    /// What visitors read, e.g. "Detroit Arms"
    #[arg(long)]
    name: Option<String>,
    /// One sentence under the name; empty for none
    #[arg(long)]
    tagline: Option<String>,
    /// A color that carries white text, e.g. #b4451f; empty for the theme's
    #[arg(long)]
    accent: Option<String>,
    /// In which days begin and times are shown, e.g. America/Detroit
    #[arg(long)]
    time_zone: Option<String>,
    /// Postal address, in a few lines; empty for none
    #[arg(long)]
    address: Option<String>,
    /// Opening hours, in a few lines; empty for none
    #[arg(long)]
    hours: Option<String>,
    /// Where people write to, and where their answers to mails go; empty for none
    #[arg(long)]
    support_email: Option<String>,
    /// A PNG, JPEG or WebP file of at most 256 KB
    #[arg(long, value_name = "FILE", conflicts_with = "no_logo")]
    logo: Option<PathBuf>,
    /// Remove the logo
    #[arg(long)]
    no_logo: bool,
}

/// `site host …`.
#[derive(Subcommand)]
pub enum Host {
    /// Add a host, which leads to the canonical one
    Add {
        #[command(flatten)]
        which: Which,
        /// Links name it from now on, and the other hosts lead to it
        #[arg(long)]
        canonical: bool,
    },
    /// Remove a host that is not the canonical one
    Remove(Which),
    /// Make a host the one that links name, and to which the others lead
    Canonical(Which),
}

/// The host that a command is about.
#[derive(Args)]
pub struct Which {
    #[command(flatten)]
    config: Config,
    /// Key of the site, e.g. detroit-arms
    #[arg(long)]
    site: String,
    /// The host name, e.g. www.detroitarms.com
    #[arg(long)]
    host: String,
}

/// Runs the command, and prints what was done.
///
/// # Errors
/// What the operator must correct.
pub async fn run(command: Site, opened: &OnceLock<Db>) -> anyhow::Result<()> {
    match command {
        Site::Add(add) => make(add, opened).await,
        Site::List { config } => {
            let state = open(config, opened).await?;
            for site in sites::list(&state).await? {
                println!("{}", site.line());
            }
            Ok(())
        }
        Site::Set(set) => change(*set, opened).await,
        Site::Host { action } => host(action, opened).await,
    }
}

async fn make(add: Add, opened: &OnceLock<Db>) -> anyhow::Result<()> {
    let state = open(add.config, opened).await?;
    let kind = SiteKind::parse(&add.kind).context("--kind: tenant or platform")?;
    let new = NewSite {
        key: &add.key,
        name: &add.name,
        tagline: &add.tagline,
        host: &add.host,
        kind,
        theme: theme_of(kind, add.theme.as_deref())?,
    };
    let site = add_site(&state, &new).await?;
    let listed = sites::list(&state).await?;
    let listed = listed.iter().find(|listed| listed.row.id == site.id());
    println!(
        "Added {}",
        listed.context("the site that was just added")?.line()
    );
    Ok(())
}

async fn change(set: Set, opened: &OnceLock<Db>) -> anyhow::Result<()> {
    let logo = match (&set.logo, set.no_logo) {
        (Some(file), _) => {
            let content = std::fs::read(file);
            let content =
                content.with_context(|| format!("--logo: {} cannot be read", file.display()))?;
            anyhow::ensure!(!content.is_empty(), "--logo: {} is empty", file.display());
            Some(content)
        }
        (None, true) => Some(Vec::new()),
        (None, false) => None,
    };
    let state = open(set.config, opened).await?;
    let change = SiteChange {
        name: set.name,
        tagline: set.tagline,
        accent: set.accent,
        time_zone: set.time_zone,
        address: set.address,
        hours: set.hours,
        support_email: set.support_email,
        logo,
    };
    match &sites::set(&state, &set.site, change).await?[..] {
        [] => println!("{}: nothing is different from before.", set.site),
        changed => println!("{}: changed {}.", set.site, changed.join(", ")),
    }
    Ok(())
}

async fn host(action: Host, opened: &OnceLock<Db>) -> anyhow::Result<()> {
    let (site, done) = match action {
        Host::Add { which, canonical } => {
            let state = open(which.config, opened).await?;
            let done = sites::add_host(&state, &which.site, &which.host, canonical).await?;
            (which.site, done)
        }
        Host::Remove(which) => {
            let state = open(which.config, opened).await?;
            let done = sites::remove_host(&state, &which.site, &which.host).await?;
            (which.site, done)
        }
        Host::Canonical(which) => {
            let state = open(which.config, opened).await?;
            let done = sites::set_canonical(&state, &which.site, &which.host).await?;
            (which.site, done)
        }
    };
    println!("{site}: {done}");
    Ok(())
}
