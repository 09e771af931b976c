//! The terms of a program: the hold of its credits, the least purchase that counts, the cap of a referrer
//! (`docs/rules.md` 130 to 135), what a refund of a part takes back (121), and which of several links counts (180). What
//! is decided already does not change with them.

use domain::{
    credit::{ReviewFrom, Terms},
    forms::{Refusal, TypedTerms},
    refund::PartialRefunds,
};
use sea_orm::{DatabaseTransaction, DbErr};
use server_core::zone::Zone;
use store::{
    Scope,
    audit_log::{self, Change, Field},
    entities::user,
    platform_settings, site_settings, terms as rows,
};

use crate::{
    Engine,
    rights::{ManageSettings, PlatformStaff, TenantStaff},
    stale_form::who_was_first,
};

/// `audit_log.subject`.
const SUBJECT: &str = "Rewards";

/// Who sets the terms, and of which program.
#[derive(Clone, Copy)]
pub enum By<'a> {
    Tenant(&'a TenantStaff<ManageSettings>),
    Platform(&'a PlatformStaff<ManageSettings>),
}

impl By<'_> {
    fn scope(self) -> Scope {
        match self {
            Self::Tenant(staff) => Scope::Site(staff.site.id()),
            Self::Platform(_) => Scope::Platform,
        }
    }

    fn actor(&self) -> &user::Model {
        match self {
            Self::Tenant(staff) => &staff.user,
            Self::Platform(staff) => &staff.user,
        }
    }
}

/// Saves the terms. Refuses with all mistakes at once, or where another admin saved other terms since the form
/// was filled from the version `seen`; a time in the refusal is in `zone`.
///
/// # Errors
/// If the database fails.
pub async fn save(
    engine: &Engine,
    zone: &Zone,
    by: By<'_>,
    typed: &TypedTerms<'_>,
    seen: &str,
) -> anyhow::Result<Result<(), Refusal>> {
    let (scope, tx) = (by.scope(), engine.db.begin().await?);
    let (old, version) = lock(&tx, scope).await?;
    let new = match typed.read(old.least.currency()) {
        Ok(terms) => terms,
        Err(errors) => return Ok(Err(Refusal::fields(errors))),
    };
    let changes = changed(&old, &new);
    if changes.is_empty() {
        return Ok(Ok(()));
    }
    if seen.parse() != Ok(version) {
        let did = "saved these terms";
        let first = who_was_first(&tx, scope.site(), SUBJECT, did, zone).await?;
        return Ok(Err(stale(&first, &changes, version)));
    }
    let actor = Some(by.actor());
    write(engine, &tx, (scope, actor), (version, &new), changes).await?;
    tx.commit().await?;
    Ok(Ok(()))
}

/// Sets what a refund of a part takes back, on the command line.
///
/// # Errors
/// If the database fails.
pub async fn set_partial_refunds(
    engine: &Engine,
    scope: Scope,
    partial_refunds: PartialRefunds,
) -> anyhow::Result<()> {
    let tx = engine.db.begin().await?;
    let (old, version) = lock(&tx, scope).await?;
    let new = Terms {
        partial_refunds,
        ..old
    };
    let changes = changed(&old, &new);
    if changes.is_empty() {
        return Ok(());
    }
    write(engine, &tx, (scope, None), (version, &new), changes).await?;
    Ok(tx.commit().await?)
}

/// The terms with their version, locked until the transaction ends.
async fn lock(tx: &DatabaseTransaction, scope: Scope) -> Result<(Terms, i64), DbErr> {
    match scope {
        Scope::Site(site_id) => {
            let settings = site_settings::lock(tx, site_id).await?;
            Ok((settings.terms()?, settings.terms_version))
        }
        Scope::Platform => {
            let settings = platform_settings::lock(tx).await?;
            Ok((settings.terms()?, settings.terms_version))
        }
    }
}

/// Writes terms that differ from the locked ones, with a line of the audit log for each change.
async fn write(
    engine: &Engine,
    tx: &DatabaseTransaction,
    (scope, actor): (Scope, Option<&user::Model>),
    (version, new): (i64, &Terms),
    changes: Vec<Field<'static>>,
) -> anyhow::Result<()> {
    let saved = rows::save(tx, scope, version, new).await?;
    anyhow::ensure!(saved, "the terms were locked and changed all the same");
    let change = Change {
        site_id: scope.site(),
        actor,
        subject: SUBJECT,
        now: engine.now(),
    };
    Ok(audit_log::write(tx, &change, changes).await?)
}

fn changed(old: &Terms, new: &Terms) -> Vec<Field<'static>> {
    let cap = |terms: &Terms| {
        let sentence = terms.cap.map(|cap| cap.sentence());
        sentence.unwrap_or_else(|| "None".to_owned())
    };
    let partial = |terms: &Terms| match terms.partial_refunds {
        PartialRefunds::TakeNothing => "nothing".to_owned(),
        PartialRefunds::TakeTheirShare => "its share".to_owned(),
    };
    let review = |terms: &Terms| {
        let label = terms.review.map(ReviewFrom::label);
        label.unwrap_or("Off").to_owned()
    };
    let fields = [
        (
            "Hold (days)",
            old.hold_days.to_string(),
            new.hold_days.to_string(),
        ),
        (
            "Least purchase that counts",
            old.least.to_string(),
            new.least.to_string(),
        ),
        ("Most credits of one referrer", cap(old), cap(new)),
        ("Refund of a part takes back", partial(old), partial(new)),
        ("Review", review(old), review(new)),
        (
            "Link that counts",
            old.attribution.label().to_owned(),
            new.attribution.label().to_owned(),
        ),
    ];
    let fields = fields.into_iter().filter(|(_, old, new)| old != new);
    let field = |(name, old, new)| Field {
        name,
        old: Some(old),
        new: Some(new),
    };
    fields.map(field).collect()
}

/// Says what is stored now, and who saved it; nothing is saved.
fn stale(first: &str, changes: &[Field<'_>], version: i64) -> Refusal {
    let now = changes.iter();
    let now = now.filter_map(|change| Some(format!("{} {}", change.name, change.old.as_deref()?)));
    let now: Vec<_> = now.collect();
    let message = format!(
        "{first} Now saved: {}. What you typed is kept; save again to replace it.",
        now.join(", ")
    );
    Refusal::message(message).keep("version", &version.to_string())
}
