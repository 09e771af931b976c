//! Staff of sites and of the platform program, from the command line: the first owner, and whoever
//! is locked out. Owners invite the others in the console.

mod create;
mod list;
mod promote;
mod reset;
mod revoke;

pub use self::{
    create::{NewAdmin, create},
    list::{Admin, list},
    promote::{Promotion, promote},
    reset::reset,
    revoke::{Revoked, revoke},
};
use anyhow::{Context, anyhow, bail, ensure};
use domain::{
    account::{Email, PlatformRole, Rights, SiteKind, TenantRole},
    forms::FieldError,
};
use server_core::{dates, zone::Zone};
use store::{
    Write,
    audit_log::{self, Change, Field},
    entities::user,
    second_factors,
    sites::Site,
    users,
};

use crate::{Engine, accounts};

/// `audit_log.field` of a change of roles.
const RIGHTS: &str = "Role";

/// A role that an operator gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StaffRole {
    Owner,
    Manager,
    Desk,
    Viewer,
}

impl StaffRole {
    fn in_tenant(self) -> TenantRole {
        match self {
            Self::Owner => TenantRole::Owner,
            Self::Manager => TenantRole::Manager,
            Self::Desk => TenantRole::Desk,
            Self::Viewer => TenantRole::Viewer,
        }
    }

    fn in_platform(self) -> Option<PlatformRole> {
        match self {
            Self::Owner => Some(PlatformRole::Owner),
            Self::Manager => Some(PlatformRole::Manager),
            Self::Desk | Self::Viewer => None,
        }
    }
}

/// Describes the roles to an operator.
pub fn words(rights: Rights) -> String {
    rights.words().unwrap_or_else(|| "Member".to_owned())
}

/// The roles to give at `site`. On a platform site everybody who is made an admin gets a role in the
/// platform program, and in nothing else.
fn asked(
    site: &Site,
    (platform, platform_only): (bool, bool),
    role: StaffRole,
) -> anyhow::Result<Rights> {
    let brand = site.row.kind == SiteKind::Platform;
    ensure!(
        platform || brand || !platform_only,
        "--platform-only: also give --platform; this is for staff of the platform program"
    );
    let in_platform = match platform || brand {
        true => Some(
            role.in_platform()
                .context("--role: the platform program has the roles owner and manager")?,
        ),
        false => None,
    };
    Ok(Rights {
        tenant: (!brand && !platform_only).then(|| role.in_tenant()),
        platform: in_platform,
    })
}

fn email(typed: &str) -> anyhow::Result<Email> {
    Email::parse(typed).context("--email: not an email address")
}

/// The member who is registered at the site with this e-mail address.
async fn member_at(engine: &Engine, site: &Site, typed: &str) -> anyhow::Result<user::Model> {
    let member = users::by_email(engine.db.reader(), site.id(), &email(typed)?).await?;
    let member = member.filter(|member| member.deletion_requested_at.is_none());
    member.with_context(|| {
        format!(
            "--email: nobody is registered at {} as {}",
            site.row.key,
            typed.trim()
        )
    })
}

fn name_of(member: &user::Model) -> String {
    format!("{} {}", member.first_name, member.last_name)
}

/// `Boss Man, newadmin@detroitarms.com, member, registered on November 22, 2026`.
fn who(member: &user::Model) -> String {
    format!(
        "{}, {}, {}, registered on {}",
        name_of(member),
        member.email,
        words(member.rights()),
        dates::minute(member.created_at, &Zone::utc())
    )
}

/// The errors in a form, each under the flag that it is about.
fn complaints(errors: &[FieldError]) -> anyhow::Error {
    let lines: Vec<_> = errors
        .iter()
        .map(|error| format!("{}: {}", flag(&error.field), error.message))
        .collect();
    anyhow!(lines.join("\n"))
}

fn flag(field: &str) -> String {
    match field {
        "password" => "ADMIN_PASSWORD or --password".to_owned(),
        field => format!("--{}", field.replace('_', "-")),
    }
}

/// Hashes `password`, if the rules allow it as a new password of `member`.
async fn new_password(
    engine: &Engine,
    site: &Site,
    member: &user::Model,
    password: &str,
) -> anyhow::Result<String> {
    if password.is_empty() {
        bail!(
            "ADMIN_PASSWORD or --password: give the new password of {}",
            member.email
        );
    }
    match accounts::refused_for(engine, site, member, password).await? {
        Some(complaint) => Err(complaints(&[complaint])),
        None => engine.passwords.hash(password).await,
    }
}

/// Writes changes of a member to the audit log.
async fn write_down(
    tx: &impl Write,
    engine: &Engine,
    member: &user::Model,
    fields: impl IntoIterator<Item = Field<'_>>,
) -> anyhow::Result<()> {
    let change = Change {
        site_id: Some(member.site_id),
        actor: None,
        subject: &name_of(member),
        now: engine.now(),
    };
    Ok(audit_log::write(tx, &change, fields).await?)
}

/// Removes the member's second factor: whoever set it up may not be who gets the new password.
async fn remove_second_factor(
    tx: &impl Write,
    engine: &Engine,
    member: &user::Model,
) -> anyhow::Result<()> {
    if !second_factors::remove(tx, member.id).await? {
        return Ok(());
    }
    let removed = Field {
        name: "Second factor",
        old: Some("on".to_owned()),
        new: Some("off".to_owned()),
    };
    write_down(tx, engine, member, [removed]).await
}

/// The line of the audit log that says how somebody's roles changed.
pub fn rights_field(old: Rights, new: Rights) -> Field<'static> {
    Field {
        name: RIGHTS,
        old: Some(words(old)),
        new: Some(words(new)),
    }
}

fn password_fields() -> [Field<'static>; 2] {
    [
        ("Password", "replaced"),
        ("Browser sessions and API tokens", "ended"),
    ]
    .map(|(name, new)| Field {
        name,
        old: None,
        new: Some(new.to_owned()),
    })
}

async fn read_again(engine: &Engine, member: &user::Model) -> anyhow::Result<user::Model> {
    let member = users::by_id(engine.db.reader(), member.site_id, member.id).await?;
    member.context("the member who was just changed")
}
