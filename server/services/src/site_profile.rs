//! What a site says of itself: name, tagline, accent, time zone, address, hours and support address
//! (`docs/rules.md` 93).

use domain::{
    forms::{FieldError, Refusal},
    site_profile::{Accent, Profile, TypedProfile},
};
use server_core::zone::Zone;
use store::{
    SiteId,
    audit_log::{self, Change, Field},
    entities::{site, user},
    site_profiles, sites,
};

use crate::{Engine, stale_form::who_was_first};

/// `audit_log.subject`.
pub(crate) const SUBJECT: &str = "General settings";

const BAD_ZONE: &str = "Enter a time zone of the IANA's list, like America/Detroit.";

/// What the site says of itself now, as it would be typed.
pub fn typed(row: &site::Model) -> TypedProfile {
    TypedProfile {
        name: row.name.clone(),
        tagline: row.tagline.clone(),
        accent: row
            .accent
            .map(|accent| accent.to_string())
            .unwrap_or_default(),
        time_zone: row.time_zone.name().to_owned(),
        postal_address: row.postal_address.clone(),
        opening_hours: row.opening_hours.clone(),
        support_email: row.support_email.clone().unwrap_or_default(),
    }
}

/// Saves what `actor`, or the command line, typed, and returns the names of the fields that changed.
/// `seen` is the version that the form was filled from; `None` for the command line, which replaces
/// whatever there is.
///
/// # Errors
/// If the database fails. The refusal names all mistakes at once, or who saved other values meanwhile,
/// with the `version` that replaces theirs.
pub async fn save(
    engine: &Engine,
    site_id: SiteId,
    actor: Option<&user::Model>,
    typed: &TypedProfile,
    seen: Option<&str>,
) -> anyhow::Result<Result<Vec<&'static str>, Refusal>> {
    let (profile, zone) = match read(typed) {
        Ok(read) => read,
        Err(errors) => return Ok(Err(Refusal::fields(errors))),
    };
    let tx = engine.db.begin().await?;
    let Some(row) = sites::lock(&tx, site_id).await? else {
        anyhow::bail!("the site is gone");
    };
    let fields = changes(&row, &profile, &zone);
    let names = fields.iter().map(|field| field.name).collect();
    if fields.is_empty() {
        return Ok(Ok(names));
    }
    if seen.is_some_and(|seen| seen.parse() != Ok(row.profile_version)) {
        let did = "saved these settings";
        let first = who_was_first(&tx, Some(site_id), SUBJECT, did, &row.time_zone).await?;
        let now = fields.iter().map(|field| {
            let old = field.old.as_deref().unwrap_or("none");
            format!("{}: {}", field.name, old.replace('\n', ", "))
        });
        let now: Vec<_> = now.collect();
        let message = format!(
            "{first} Now saved: {}. What you typed is kept; save again to replace it.",
            now.join("; ")
        );
        return Ok(Err(
            Refusal::message(message).keep("version", &row.profile_version.to_string())
        ));
    }
    let saved = site_profiles::save(&tx, site_id, row.profile_version, &profile, zone).await?;
    anyhow::ensure!(saved, "the site was locked and changed all the same");
    let change = Change {
        site_id: Some(site_id),
        actor,
        subject: SUBJECT,
        now: engine.now(),
    };
    audit_log::write(&tx, &change, fields).await?;
    tx.commit().await?;
    Ok(Ok(names))
}

fn read(typed: &TypedProfile) -> Result<(Profile, Zone), Vec<FieldError>> {
    match (typed.read(), Zone::named(typed.time_zone.trim())) {
        (Ok(profile), Some(zone)) => Ok((profile, zone)),
        (profile, zone) => {
            let mut errors = profile.err().unwrap_or_default();
            errors.extend(
                zone.is_none()
                    .then(|| FieldError::new("time_zone", BAD_ZONE)),
            );
            Err(errors)
        }
    }
}

fn changes(row: &site::Model, new: &Profile, zone: &Zone) -> Vec<Field<'static>> {
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let color = |accent: Option<Accent>| accent.map(|accent| accent.to_string());
    let old_accent = row.accent.map(|accent| *accent);
    let all = [
        ("Name", some(&row.name), some(&new.name)),
        ("Tagline", some(&row.tagline), some(&new.tagline)),
        ("Accent", color(old_accent), color(new.accent)),
        ("Time zone", some(row.time_zone.name()), some(zone.name())),
        (
            "Address",
            some(&row.postal_address),
            some(&new.postal_address),
        ),
        (
            "Opening hours",
            some(&row.opening_hours),
            some(&new.opening_hours),
        ),
        (
            "Support email",
            row.support_email.clone(),
            new.support_email.clone(),
        ),
    ];
    let fields = all.map(|(name, old, new)| Field { name, old, new });
    fields.into_iter().filter(Field::is_changed).collect()
}
