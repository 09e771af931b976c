//! The `server` program: the web, the worker, and the operator's commands.

mod admin_commands;
mod reconcile_command;
mod site_commands;

use std::{path::PathBuf, sync::OnceLock};

use anyhow::{Context, ensure};
use clap::{Args, Parser, Subcommand};
use server::{
    demo,
    serve::{self, WebOptions},
    telemetry,
};
use server_core::config::Config;
use services::{
    migrate,
    operator::{
        self, StripeKeys, detach, mail_from::set_mail_from, partial_refunds::set_partial_refunds,
        rotate_secret, spellings,
    },
};
use store::Db;
use web::{api, state::AppState};

use self::{admin_commands::Admin, reconcile_command::Reconcile, site_commands::Site};

/// jemalloc returns memory after a busy hour; the system's allocator keeps it.
#[cfg(feature = "jemalloc")]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// PewPros Referrals
#[derive(Parser)]
#[command(name = "server", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the sites and run the jobs
    Serve {
        #[command(flatten)]
        config: Config,
        /// Leave the jobs to other processes
        #[arg(long)]
        no_worker: bool,
        /// Bring the database up to date first
        #[arg(long)]
        migrate: bool,
        /// The database was moved or restored, and no other process serves it
        #[arg(long)]
        moved: bool,
    },
    /// Run only the jobs
    Worker {
        #[command(flatten)]
        config: Config,
    },
    /// Bring the database up to date
    Migrate {
        #[command(flatten)]
        config: Config,
    },
    /// Write a copy of the SQLite database to a new file, while it is served
    Backup {
        #[command(flatten)]
        config: Config,
        /// The file to create
        file: PathBuf,
    },
    /// Turn this copy of a database into one for trying things out, without Stripe, tokens and
    /// sessions
    Detach {
        #[command(flatten)]
        config: Config,
        /// The database is a copy although nothing distinguishes it from the original, as after a
        /// clone of a whole server
        #[arg(long)]
        force: bool,
    },
    /// List accounts whose email addresses are spellings of the same one; each signs in with its own
    Spellings {
        #[command(flatten)]
        config: Config,
    },
    /// Seal everything anew under APP_SECRET, so that APP_SECRET_OLD can be dropped
    RotateSecret {
        #[command(flatten)]
        config: Config,
        /// The secret of before is lost: give up the key of fingerprints that only it opens
        #[arg(long)]
        former_is_lost: bool,
    },
    /// Fill the database with a demo
    Demo {
        #[command(flatten)]
        config: Config,
        /// Print the logins as JSON
        #[arg(long)]
        json: bool,
    },
    /// Print the OpenAPI document of the mobile API
    Openapi,
    /// Create, list and change sites, and their hosts
    Site {
        #[command(subcommand)]
        action: Site,
    },
    /// Create, list and revoke admins
    Admin {
        #[command(subcommand)]
        action: Admin,
    },
    /// Change the settings of a site, or of the platform program
    Settings(Settings),
    /// Set from which address a site's mail is sent
    MailFrom {
        #[command(flatten)]
        config: Config,
        /// Key of the site, e.g. detroit-arms
        #[arg(long)]
        site: String,
        /// "Detroit Arms <hello@detroitarms.com>"; empty for the address in MAIL_FROM
        #[arg(long)]
        address: String,
    },
    /// Say whether a refund of a part of a purchase takes back its share of the credit
    PartialRefunds {
        #[command(flatten)]
        config: Config,
        #[command(flatten)]
        of: Of,
        /// true: in proportion; false: nothing, until what went back makes the price
        #[arg(long, action = clap::ArgAction::Set)]
        take_share: bool,
    },
    /// Compare Stripe's balances with the ledger, and print what differs
    Reconcile(Reconcile),
    /// Connect a site, or the platform, to its Stripe account, or disconnect it
    Stripe {
        #[command(subcommand)]
        action: Stripe,
    },
}

#[derive(Args)]
struct Settings {
    #[command(flatten)]
    config: Config,
    /// Key of the tenant site, e.g. detroit-arms
    #[arg(long, requires = "tenant_credit")]
    site: Option<String>,
    /// What one referral of a member earns, in cents (1000 = $10.00); 0 switches the program off
    #[arg(
        long,
        value_name = "CENTS",
        requires = "site",
        required_unless_present = "platform_credit",
        allow_negative_numbers = true
    )]
    tenant_credit: Option<i64>,
    /// What one referral of a platform referrer earns, in cents (5000 = $50.00); 0 switches the
    /// program off
    #[arg(long, value_name = "CENTS", allow_negative_numbers = true)]
    platform_credit: Option<i64>,
}

#[derive(Subcommand)]
enum Stripe {
    /// Take payments through this account
    Connect(Connect),
    /// Stop taking payments
    Disconnect {
        #[command(flatten)]
        config: Config,
        #[command(flatten)]
        of: Of,
    },
}

/// Whose it is.
#[derive(Args)]
#[group(required = true, multiple = false)]
struct Of {
    /// Key of the tenant site, e.g. detroit-arms
    #[arg(long)]
    site: Option<String>,
    /// The platform's own account, of all of its brands
    #[arg(long)]
    platform: bool,
}

#[derive(Args)]
struct Connect {
    #[command(flatten)]
    config: Config,
    #[command(flatten)]
    of: Of,
    /// sk_test_… or sk_live_…
    #[arg(long, env = "STRIPE_SECRET_KEY", hide_env_values = true)]
    secret_key: String,
    /// whsec_…; added to those in force. None: the webhook endpoint is created at Stripe if no secret
    /// is in force
    #[arg(
        long = "webhook-secret",
        env = "STRIPE_WEBHOOK_SECRETS",
        hide_env_values = true,
        value_delimiter = ','
    )]
    webhook_secrets: Vec<String>,
    /// The webhook secrets in force are replaced and not added to
    #[arg(long)]
    replace_webhook_secrets: bool,
    /// The secret key is a new key of the connected account; this counts only if Stripe does not
    /// say to which account the key belongs
    #[arg(long)]
    same_account: bool,
}

fn main() -> anyhow::Result<()> {
    telemetry::start();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("the async runtime cannot start")?;
    let ended = runtime.block_on(async {
        let opened = OnceLock::new();
        let ended = run(Cli::parse().command, &opened).await;
        match opened.get() {
            Some(db) => serve::ended_and_closed(ended, db).await,
            None => ended,
        }
    });
    // Dropping the runtime would wait, without a limit, for a name lookup.
    runtime.shutdown_background();
    ended
}

/// The state for a command. `main` closes its database at the end.
async fn open(config: Config, opened: &OnceLock<Db>) -> anyhow::Result<AppState> {
    let state = serve::state(config).await?;
    opened.get_or_init(|| state.db.clone());
    Ok(state)
}

async fn run(command: Command, opened: &OnceLock<Db>) -> anyhow::Result<()> {
    match command {
        Command::Serve {
            config,
            no_worker,
            migrate,
            moved,
        } => {
            let options = WebOptions {
                worker: !no_worker,
                migrate,
                moved,
            };
            serve::web(config, options).await
        }
        Command::Worker { config } => serve::worker(config).await,
        Command::Migrate { config } => migrate::migrate(&open(config, opened).await?.db).await,
        Command::Backup { config, file } => open(config, opened).await?.db.back_up(&file).await,
        Command::Detach { config, force } => {
            let state = open(config, opened).await?;
            detach::detach(&state, force).await
        }
        Command::Spellings { config } => {
            let state = open(config, opened).await?;
            for line in spellings::alike(&state).await? {
                println!("{line}");
            }
            Ok(())
        }
        Command::RotateSecret {
            config,
            former_is_lost,
        } => {
            let state = open(config, opened).await?;
            let rotation = rotate_secret::rotate(&state, former_is_lost).await?;
            for line in rotation.lines {
                println!("{line}");
            }
            ensure!(rotation.is_done, "the rotation is not done");
            Ok(())
        }
        Command::Demo { config, json } => demo::run(&open(config, opened).await?, json).await,
        Command::Openapi => {
            print!("{}", api::openapi()?);
            Ok(())
        }
        Command::Site { action } => site_commands::run(action, opened).await,
        Command::Admin { action } => admin_commands::run(action, opened).await,
        Command::Settings(settings) => {
            let state = open(settings.config, opened).await?;
            if let (Some(site), Some(cents)) = (&settings.site, settings.tenant_credit) {
                operator::set_tenant_credit(&state, site, cents).await?;
            }
            match settings.platform_credit {
                Some(cents) => operator::set_platform_credit(&state, cents).await,
                None => Ok(()),
            }
        }
        Command::MailFrom {
            config,
            site,
            address,
        } => {
            let state = open(config, opened).await?;
            println!("{}", set_mail_from(&state, &site, &address).await?);
            Ok(())
        }
        Command::PartialRefunds {
            config,
            of,
            take_share,
        } => {
            let state = open(config, opened).await?;
            set_partial_refunds(&state, of.site.as_deref(), take_share).await
        }
        Command::Reconcile(reconcile) => reconcile_command::run(reconcile, opened).await,
        Command::Stripe {
            action: Stripe::Connect(connect),
        } => {
            let config = connect.config.clone();
            let state = open(connect.config, opened).await?;
            let host = operator::host_of(&state, connect.of.site.as_deref()).await?;
            let base_url = host.map(|host| config.base_url(&host));
            let keys = StripeKeys {
                secret_key: connect.secret_key.trim(),
                webhook_secrets: &connect.webhook_secrets,
                replace_secrets: connect.replace_webhook_secrets,
                same_account: connect.same_account,
                base_url: base_url.as_deref(),
            };
            let connected = match &connect.of.site {
                Some(site) => operator::connect_stripe(&state, site, &keys).await?,
                None => operator::connect_platform_stripe(&state, &keys).await?,
            };
            println!(
                "{}",
                operator::connected_sentence(&connected, base_url.as_deref())
            );
            Ok(())
        }
        Command::Stripe {
            action: Stripe::Disconnect { config, of },
        } => {
            let state = open(config, opened).await?;
            match &of.site {
                Some(site) => operator::disconnect_stripe(&state, site).await,
                None => operator::disconnect_platform_stripe(&state).await,
            }
        }
    }
}
