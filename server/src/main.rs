//! The one program: the web, the worker, and what an operator does by hand.

use anyhow::Context;
use clap::{Args, Parser, Subcommand};
use domain::RegistrationForm;
use server::{
    config::Config,
    demo, serve,
    services::{
        admins::{self, NewAdmin},
        operator::{self, NewSite, StripeKeys},
    },
    telemetry,
};

/// PewPros Referrals
#[derive(Parser)]
#[command(name = "server", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the sites and do the jobs
    Serve {
        #[command(flatten)]
        config: Config,
        /// Leave the jobs to other processes
        #[arg(long)]
        no_worker: bool,
    },
    /// Do the jobs alone
    Worker {
        #[command(flatten)]
        config: Config,
    },
    /// Bring the database up to date
    Migrate {
        #[command(flatten)]
        config: Config,
    },
    /// Fill the database with a demo
    Demo {
        #[command(flatten)]
        config: Config,
        /// Print the logins as JSON
        #[arg(long)]
        json: bool,
    },
    /// Make sites
    Site {
        #[command(subcommand)]
        action: Site,
    },
    /// Make admins
    Admin {
        #[command(subcommand)]
        action: Admin,
    },
    /// Change the settings of a site
    Settings {
        #[command(flatten)]
        config: Config,
        /// Key of the site, e.g. detroit-arms
        #[arg(long)]
        site: String,
        /// What one referral earns, in cents (1000 = $10.00); 0 switches the program off
        #[arg(long, value_name = "CENTS")]
        tenant_credit: i64,
    },
    /// Connect a site to its Stripe account, or disconnect it
    Stripe {
        #[command(subcommand)]
        action: Stripe,
    },
}

#[derive(Subcommand)]
enum Site {
    /// Make a tenant site, its referral program switched off
    Add(AddSite),
}

#[derive(Args)]
struct AddSite {
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
    /// Where it answers, e.g. detroitarms.com
    #[arg(long)]
    host: String,
    /// Its look: range or coach
    #[arg(long, default_value = "range", value_parser = ["range", "coach"])]
    theme: String,
}

#[derive(Subcommand)]
enum Admin {
    /// Make somebody an admin; who is registered keeps their password
    Create(CreateAdmin),
}

#[derive(Args)]
struct CreateAdmin {
    #[command(flatten)]
    config: Config,
    /// Key of the site where they sign in, e.g. detroit-arms
    #[arg(long)]
    site: String,
    /// E-mail address
    #[arg(long)]
    email: String,
    /// Password, for who is not registered yet
    #[arg(
        long,
        env = "ADMIN_PASSWORD",
        hide_env_values = true,
        default_value = ""
    )]
    password: String,
    #[arg(long, default_value = "")]
    first_name: String,
    #[arg(long, default_value = "")]
    last_name: String,
    /// e.g. 1990-01-15
    #[arg(long, default_value = "")]
    date_of_birth: String,
    /// They run the platform program
    #[arg(long)]
    platform: bool,
    /// They do not run this tenant
    #[arg(long)]
    platform_only: bool,
}

#[derive(Subcommand)]
enum Stripe {
    /// Take payments through this account
    Connect(Connect),
    /// Take no payments
    Disconnect {
        #[command(flatten)]
        config: Config,
        /// Key of the site, e.g. detroit-arms
        #[arg(long)]
        site: String,
    },
}

#[derive(Args)]
struct Connect {
    #[command(flatten)]
    config: Config,
    /// Key of the site, e.g. detroit-arms
    #[arg(long)]
    site: String,
    /// sk_test_… or sk_live_…
    #[arg(long, env = "STRIPE_SECRET_KEY", hide_env_values = true)]
    secret_key: String,
    /// whsec_…; several while one is rotated; none keeps those in force
    #[arg(
        long = "webhook-secret",
        env = "STRIPE_WEBHOOK_SECRETS",
        hide_env_values = true,
        value_delimiter = ','
    )]
    webhook_secrets: Vec<String>,
    /// The secret key is a new one of the account that the site has already
    #[arg(long)]
    same_account: bool,
}

fn main() -> anyhow::Result<()> {
    telemetry::start();
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("the async runtime cannot start")?
        .block_on(run(Cli::parse().command))
}

async fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Serve { config, no_worker } => serve::web(config, !no_worker).await,
        Command::Worker { config } => serve::worker(config).await,
        Command::Migrate { config } => serve::migrate(&serve::state(config).await?.db).await,
        Command::Demo { config, json } => demo::run(&serve::state(config).await?, json).await,
        Command::Site {
            action: Site::Add(add),
        } => {
            let state = serve::state(add.config).await?;
            let new = NewSite {
                key: &add.key,
                name: &add.name,
                tagline: &add.tagline,
                host: &add.host,
                theme: &add.theme,
            };
            operator::add_site(&state, &new).await.map(|_| ())
        }
        Command::Admin {
            action: Admin::Create(create),
        } => {
            let state = serve::state(create.config).await?;
            let new = NewAdmin {
                site: &create.site,
                form: RegistrationForm {
                    email: create.email,
                    password: create.password,
                    first_name: create.first_name,
                    last_name: create.last_name,
                    date_of_birth: create.date_of_birth,
                },
                platform: create.platform,
                platform_only: create.platform_only,
            };
            admins::create(&state, new).await.map(|_| ())
        }
        Command::Settings {
            config,
            site,
            tenant_credit,
        } => {
            let state = serve::state(config).await?;
            operator::set_tenant_credit(&state, &site, tenant_credit).await
        }
        Command::Stripe {
            action: Stripe::Connect(connect),
        } => {
            let state = serve::state(connect.config).await?;
            let keys = StripeKeys {
                secret_key: connect.secret_key.trim(),
                webhook_secrets: &connect.webhook_secrets,
                same_account: connect.same_account,
            };
            let path = operator::connect_stripe(&state, &connect.site, &keys).await?;
            println!("Connected. In Stripe, let the webhook endpoint of this account be {path}");
            Ok(())
        }
        Command::Stripe {
            action: Stripe::Disconnect { config, site },
        } => operator::disconnect_stripe(&serve::state(config).await?, &site).await,
    }
}
