//! Platform referrers, whom a platform admin registers and who each have a referral code.

mod change;
mod list;
pub mod own_page;
pub mod sign_in;

use domain::{account::Email, referral::ReferralCode};
use store::{
    Scope, Write,
    audit_log::{self, Change, Field},
    entities::platform_referrer::Model,
    platform_referrers, referral_codes,
};

use crate::{
    Engine,
    queue::Job,
    referral_mails,
    rights::{ManageReferrers, PlatformStaff},
};

pub use change::{change, register, set_disabled};
pub use list::{Listed, Listing, list};

/// How the subject of an entry of the audit log begins, before the name.
const SUBJECT: &str = "Platform referrer";

/// Adds a platform referrer with a new code, and has a Stripe customer made for them; `None` if one with this e-mail address exists. `admin`
/// is `None` for the command line.
pub async fn add(
    engine: &Engine,
    admin: Option<&PlatformStaff<ManageReferrers>>,
    name: &str,
    email: &Email,
) -> anyhow::Result<Option<Model>> {
    let now = engine.now();
    let tx = engine.db.begin().await?;
    let code = draw_code(&tx, engine).await?;
    let Some(referrer) =
        platform_referrers::insert(&tx, engine.random.token(), name, email, &code, now).await?
    else {
        return Ok(None);
    };
    let fields = [
        field("Name", None, Some(name)),
        field("Email", None, Some(email.as_str())),
        field("Code", None, Some(code.as_str())),
    ];
    audit(&tx, engine, admin, name, fields).await?;
    let make_customer = Job::MakeCustomer {
        platform_referrer_id: referrer.id,
    };
    engine.queue.enqueue(&tx, &make_customer).await?;
    referral_mails::welcome(engine, &tx, &referrer, &code).await?;
    tx.commit().await?;
    engine.queue.wake_workers();
    engine.console_changed(Scope::Platform);
    Ok(Some(referrer))
}

/// A code that was never given to anybody.
async fn draw_code(tx: &impl Write, engine: &Engine) -> anyhow::Result<ReferralCode> {
    loop {
        let code = engine.random.referral_code();
        if referral_codes::take(tx, &code).await? {
            return Ok(code);
        }
    }
}

/// A changed field of a platform referrer, for the audit log.
pub(crate) fn field(name: &'static str, old: Option<&str>, new: Option<&str>) -> Field<'static> {
    Field {
        name,
        old: old.map(str::to_owned),
        new: new.map(str::to_owned),
    }
}

pub(crate) async fn audit<P>(
    tx: &impl Write,
    engine: &Engine,
    admin: Option<&PlatformStaff<P>>,
    name: &str,
    fields: impl IntoIterator<Item = Field<'static>>,
) -> anyhow::Result<()> {
    let change = Change {
        site_id: None,
        actor: admin.map(|admin| &*admin.user),
        subject: &format!("{SUBJECT} {name}"),
        now: engine.now(),
    };
    Ok(audit_log::write(tx, &change, fields).await?)
}
