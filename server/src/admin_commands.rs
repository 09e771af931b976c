//! The commands `server admin …`, for admins of sites and of the platform program.

use std::sync::OnceLock;

use clap::{Args, Subcommand, ValueEnum};
use domain::{credit::Program, forms::RegistrationForm};
use server_core::config::Config;
use services::operator::admins::{self, NewAdmin, Promotion, StaffRole, words};
use store::{Db, entities::user};

use crate::open;

/// The commands about admins.
#[derive(Subcommand)]
pub enum Admin {
    /// Create an admin: a new member, or with --promote one who is registered
    Create(Box<Create>),
    /// List who runs a site or the platform program
    List(List),
    /// Take roles from an admin, who stays a member
    Revoke(Revoke),
    /// Replace the password of an admin or member, remove their second factor, and sign them out everywhere
    Reset(Reset),
}

/// The member whom a command is about.
#[derive(Args)]
pub struct Member {
    #[command(flatten)]
    config: Config,
    /// Key of the site where they sign in, e.g. detroit-arms
    #[arg(long)]
    site: String,
    /// Email address
    #[arg(long)]
    email: String,
}

/// A password. The environment is the better way: other users of the machine can read command
/// lines.
#[derive(Args)]
pub struct Password {
    /// The password to sign in with
    #[arg(
        long,
        env = "ADMIN_PASSWORD",
        hide_env_values = true,
        default_value = ""
    )]
    password: String,
}

/// `admin create`.
#[derive(Args)]
pub struct Create {
    #[command(flatten)]
    member: Member,
    #[command(flatten)]
    password: Password,
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
    /// They get no role in this tenant
    #[arg(long)]
    platform_only: bool,
    /// Their role
    #[arg(long, default_value = "owner")]
    role: RoleName,
    /// They are registered: replace their password, and sign them out everywhere
    #[arg(long, conflicts_with_all = ["first_name", "last_name", "date_of_birth"])]
    promote: bool,
}

/// `admin list`.
#[derive(Args)]
pub struct List {
    #[command(flatten)]
    config: Config,
    /// Key of one site; without it, all sites
    #[arg(long)]
    site: Option<String>,
}

/// `admin revoke`.
#[derive(Args)]
pub struct Revoke {
    #[command(flatten)]
    member: Member,
    /// Take the role in this program alone; without it, in both
    #[arg(long)]
    only: Option<Right>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Right {
    /// The role in the tenant
    Tenant,
    /// The role in the platform program
    Platform,
}

#[derive(Clone, Copy, ValueEnum)]
enum RoleName {
    /// Everything, with the Stripe keys and the team
    Owner,
    /// The daily business: members, catalog, credits and settings
    Manager,
    /// The counter of a tenant
    Desk,
    /// Sees the console of a tenant, and changes nothing
    Viewer,
}

impl From<RoleName> for StaffRole {
    fn from(role: RoleName) -> Self {
        match role {
            RoleName::Owner => Self::Owner,
            RoleName::Manager => Self::Manager,
            RoleName::Desk => Self::Desk,
            RoleName::Viewer => Self::Viewer,
        }
    }
}

/// `admin reset`.
#[derive(Args)]
pub struct Reset {
    #[command(flatten)]
    member: Member,
    #[command(flatten)]
    password: Password,
}

/// Runs the command, and prints what was done.
///
/// # Errors
/// What the operator must correct.
pub async fn run(command: Admin, opened: &OnceLock<Db>) -> anyhow::Result<()> {
    match command {
        Admin::Create(create) => make(*create, opened).await,
        Admin::List(list) => print(list, opened).await,
        Admin::Revoke(revoke) => take(revoke, opened).await,
        Admin::Reset(Reset { member, password }) => {
            let state = open(member.config, opened).await?;
            let (site, email) = (&member.site, &member.email);
            let member = admins::reset(&state, site, email, &password.password).await?;
            println!(
                "{} Their sessions and API tokens ended, and they have no second factor.",
                line(site, &member)
            );
            Ok(())
        }
    }
}

async fn make(create: Create, opened: &OnceLock<Db>) -> anyhow::Result<()> {
    let Member {
        config,
        site,
        email,
    } = create.member;
    let state = open(config, opened).await?;
    let Password { password } = create.password;
    if create.promote {
        let promotion = Promotion {
            site: &site,
            email: &email,
            password: &password,
            platform: create.platform,
            platform_only: create.platform_only,
            role: create.role.into(),
        };
        let member = admins::promote(&state, &promotion).await?;
        println!(
            "{} Their sessions and API tokens ended.",
            line(&site, &member)
        );
        return Ok(());
    }
    let new = NewAdmin {
        site: &site,
        form: RegistrationForm {
            email,
            password,
            first_name: create.first_name,
            last_name: create.last_name,
            date_of_birth: create.date_of_birth,
        },
        platform: create.platform,
        platform_only: create.platform_only,
        role: create.role.into(),
    };
    let member = admins::create(&state, new).await?;
    println!("{}", line(&site, &member));
    Ok(())
}

async fn print(list: List, opened: &OnceLock<Db>) -> anyhow::Result<()> {
    let state = open(list.config, opened).await?;
    for admin in admins::list(&state, list.site.as_deref()).await? {
        println!("{}", line(&admin.site, &admin.member));
    }
    Ok(())
}

async fn take(revoke: Revoke, opened: &OnceLock<Db>) -> anyhow::Result<()> {
    let taken: &[Program] = match revoke.only {
        Some(Right::Tenant) => &[Program::Tenant],
        Some(Right::Platform) => &[Program::Platform],
        None => &[Program::Tenant, Program::Platform],
    };
    let Member {
        config,
        site,
        email,
    } = revoke.member;
    let state = open(config, opened).await?;
    let revoked = admins::revoke(&state, &site, &email, taken).await?;
    println!("{}", line(&site, &revoked.member));
    for warning in revoked.warnings {
        eprintln!("Warning: {warning}. `admin create` makes an admin.");
    }
    Ok(())
}

/// `detroit-arms: Dana Cole, dana@detroitarms.com, Owner.`
fn line(site: &str, member: &user::Model) -> String {
    format!(
        "{site}: {} {}, {}, {}.",
        member.first_name,
        member.last_name,
        member.email,
        words(member.rights())
    )
}
