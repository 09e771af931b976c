//! Tells the admins of a site or of the platform program that its connection to Stripe changed:
//! whoever changes it may not be one of them.

use domain::account::{PlatformRole, TenantRole};
use domain::mail::MailKind;
use sea_orm::DatabaseTransaction;
use server_core::dates;
use store::{
    Timestamp, admins,
    entities::user,
    sites::{self, Site},
    stripe_accounts::StripeAccount,
};

use super::{
    audit::changes,
    owner::{By, Owner},
};
use crate::{
    Engine,
    mail::{self, Letter, Link},
};

/// Mails everybody who may change the connection, if it changed. Call `wake_workers` after the commit.
///
/// # Errors
/// If the database fails.
pub async fn tell_admins(
    engine: &Engine,
    tx: &DatabaseTransaction,
    owner: Owner<'_>,
    by: By<'_>,
    (before, after): (Option<&StripeAccount>, Option<&StripeAccount>),
) -> anyhow::Result<()> {
    let changed = changes(before, after)
        .into_iter()
        .any(|field| field.is_changed());
    if !engine.mailer.can_send() || !changed {
        return Ok(());
    }
    let admins = match owner {
        Owner::Site(site) => admins::of_tenant(tx, site.id(), &[TenantRole::Owner]).await?,
        Owner::Platform => admins::of_platform(tx, &[PlatformRole::Owner]).await?,
    };
    let (what, consequence) = what(before, after);
    let words = Words {
        what,
        consequence,
        whose: match owner {
            Owner::Site(site) => site.row.name.clone(),
            Owner::Platform => "the platform program".to_owned(),
        },
        by: match by.actor {
            Some(admin) => format!("{} {}", admin.first_name, admin.last_name),
            None => "The operator of the server".to_owned(),
        },
        when: engine.now(),
    };
    for admin in admins {
        let Some(site) = sites::by_id(tx, admin.site_id).await? else {
            continue;
        };
        let base_url = engine.base_url(tx, site.id()).await?;
        let letter = words.letter(&site, &admin, &base_url);
        mail::write(engine, tx, &site, &admin, MailKind::StripeChanged, &letter).await?;
    }
    Ok(())
}

/// What was done, and what follows from it.
fn what(
    before: Option<&StripeAccount>,
    after: Option<&StripeAccount>,
) -> (String, Option<&'static str>) {
    const PAID_THERE: Option<&str> =
        Some("What is sold from now on is paid to the account of that key.");
    match (before, after) {
        (_, None) => (
            "disconnected Stripe".to_owned(),
            Some("No payment can be taken until Stripe is connected again."),
        ),
        (None, Some(new)) => {
            let key = new.last4();
            let what = format!("connected Stripe, with the secret key …{key}");
            (what, PAID_THERE)
        }
        (Some(old), Some(new)) if old.secret_key == new.secret_key => {
            ("changed the webhook secrets of Stripe".to_owned(), None)
        }
        (Some(old), Some(new)) => {
            let (old, new) = (old.last4(), new.last4());
            let what = format!("changed the secret key of Stripe from …{old} to …{new}");
            (what, PAID_THERE)
        }
    }
}

struct Words {
    what: String,
    consequence: Option<&'static str>,
    /// `Detroit Arms`.
    whose: String,
    by: String,
    when: Timestamp,
}

impl Words {
    fn letter<'a>(&self, site: &'a Site, admin: &'a user::Model, base_url: &'a str) -> Letter<'a> {
        let Self {
            what,
            consequence,
            whose,
            by,
            when,
        } = self;
        let when = dates::minute(*when, &site.row.time_zone);
        let done = format!("{by} {what} for {whose}, on {when}.");
        Letter {
            subject: "The connection to Stripe was changed",
            first_name: &admin.first_name,
            before: std::iter::once(done)
                .chain(consequence.map(str::to_owned))
                .collect(),
            link: Some(Link {
                label: "See Site Settings",
                url: format!("{base_url}/admin/settings"),
            }),
            after: vec![
                "If none of you did this, disconnect Stripe right away and change your password."
                    .to_owned(),
            ],
            site_name: &site.row.name,
            base_url,
            unsubscribe: None,
        }
    }
}
