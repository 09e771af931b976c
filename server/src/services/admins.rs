//! Who runs a site or the platform program: made and granted from the command line alone, so that
//! no page can make an admin.

use anyhow::{Context, bail, ensure};
use app::types::SiteKind;
use domain::{Email, RegistrationForm};

use super::{
    accounts::{self, Registered},
    operator,
};
use crate::{
    db::{
        audit_log::{self, Change, Field},
        entities::user,
        sites::Site,
        users,
    },
    state::AppState,
};

/// An admin to be made, or a member to be made one.
pub struct NewAdmin<'a> {
    /// Key of the site where they sign in.
    pub site: &'a str,
    /// Everything that registering asks for. Of somebody who is registered, only the address counts.
    pub form: RegistrationForm,
    /// Runs the platform program. On a platform site everybody who is made an admin does.
    pub platform: bool,
    /// On a tenant's site: does not run the tenant.
    pub platform_only: bool,
}

/// Registers somebody, unless they are, and gives them the rights.
///
/// # Errors
/// If there is no such site, or the form is not complete.
pub async fn create(state: &AppState, new: NewAdmin<'_>) -> anyhow::Result<user::Model> {
    let site = operator::find(state, new.site).await?;
    let of_platform = site.row.kind == SiteKind::Platform.code();
    ensure!(
        new.platform || of_platform || !new.platform_only,
        "--platform-only: for who runs the platform program, so give --platform too"
    );
    let member = find_or_register(state, &site, &new.form).await?;
    let tenant = !of_platform && !new.platform_only;
    let platform = new.platform || of_platform;
    let (was, is) = (
        (member.role == users::ADMIN, member.platform_admin),
        (tenant, platform),
    );
    let tx = state.db.begin().await?;
    users::set_rights(&tx, site.id(), member.id, tenant, platform).await?;
    let name = format!("{} {}", member.first_name, member.last_name);
    let change = Change {
        site_id: Some(site.id()),
        actor: None,
        subject: &name,
        now_ms: state.clock.now_ms(),
    };
    let field = Field {
        name: "Rights",
        old: Some(words(was)),
        new: Some(words(is)),
    };
    audit_log::write(&tx, &change, [field]).await?;
    tx.commit().await?;
    users::by_id(state.db.conn(), site.id(), member.id)
        .await?
        .context("the admin who was just made")
}

fn words((tenant, platform): (bool, bool)) -> String {
    match (tenant, platform) {
        (false, false) => "member",
        (true, false) => "runs the site",
        (false, true) => "runs the platform program",
        (true, true) => "runs the site and the platform program",
    }
    .to_owned()
}

async fn find_or_register(
    state: &AppState,
    site: &Site,
    form: &RegistrationForm,
) -> anyhow::Result<user::Model> {
    let email = Email::parse(&form.email).context("--email: not an e-mail address")?;
    if let Some(member) = users::by_email(state.db.conn(), site.id(), &email).await? {
        return Ok(member);
    }
    match accounts::enrol(state, site, form, None).await? {
        Registered::Member { user, .. } => Ok(*user),
        Registered::NotHere => bail!("--site: nobody can sign in there"),
        Registered::Taken => bail!("--email: {}", accounts::taken().message),
        Registered::Refused(errors) => {
            let errors: Vec<_> = errors
                .into_iter()
                .map(|error| format!("--{}: {}", error.field.replace('_', "-"), error.message))
                .collect();
            bail!("{}", errors.join("\n"))
        }
    }
}
