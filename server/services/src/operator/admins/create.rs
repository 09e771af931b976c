//! Creates an admin who is not registered yet.

use anyhow::bail;
use domain::forms::RegistrationForm;
use store::{admins, entities::user, sites::Site, users};

use super::{StaffRole, asked, complaints, email, read_again, rights_field, who, write_down};
use crate::{
    Engine,
    accounts::{self, Proof, ReferredBy, Registered},
    operator,
};

/// An admin to create.
pub struct NewAdmin<'a> {
    /// The key of the site where they sign in.
    pub site: &'a str,
    /// The data that a registration needs.
    pub form: RegistrationForm,
    /// They run the platform program. On a platform site every admin does, whatever this says.
    pub platform: bool,
    /// On a tenant's site: they have no role in the tenant.
    pub platform_only: bool,
    /// Their role in what they run.
    pub role: StaffRole,
}

/// Registers a person and gives them the rights.
///
/// # Errors
/// If there is no such site, the form is not valid, or the e-mail address is registered: addresses
/// are not verified, so that member may be a stranger.
pub async fn create(engine: &Engine, new: NewAdmin<'_>) -> anyhow::Result<user::Model> {
    let site = operator::find(engine, new.site).await?;
    let rights = asked(&site, (new.platform, new.platform_only), new.role)?;
    let email = email(&new.form.email)?;
    if let Some(member) = users::by_email(engine.db.reader(), site.id(), &email).await? {
        bail!(
            "--email: registered at {} already: {}.\nAnybody can register any address. If you know \
             that it is the right person, give --promote and a new password: it replaces theirs and \
             signs them out everywhere.",
            site.row.key,
            who(&member)
        );
    }
    let member = register(engine, &site, &new.form).await?;
    let tx = engine.db.begin().await?;
    admins::change_rights(&tx, &member, (member.rights(), rights)).await?;
    write_down(
        &tx,
        engine,
        &member,
        [rights_field(member.rights(), rights)],
    )
    .await?;
    tx.commit().await?;
    read_again(engine, &member).await
}

async fn register(
    engine: &Engine,
    site: &Site,
    form: &RegistrationForm,
) -> anyhow::Result<user::Model> {
    match accounts::enrol(engine, site, form, ReferredBy::default(), Proof::Operator).await? {
        Registered::Member { user, .. } => Ok(*user),
        Registered::NotHere => bail!("--site: nobody can sign in there"),
        Registered::Taken => Err(complaints(&[accounts::taken()])),
        Registered::Refused(errors) => Err(complaints(&errors)),
    }
}
