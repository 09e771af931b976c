//! The apps of a site, as an admin sets them (`docs/rules.md` 211 and 212).

use anyhow::anyhow;
use domain::{
    forms::Refusal,
    mobile_apps::{AndroidApp, MobileApps, TypedMobileApps},
};
use store::{
    audit_log::Field,
    entities::site,
    sites::{self, SiteApps},
};

use crate::{
    Engine, changed_site,
    rights::{ManageSettings, TenantStaff},
};

/// The apps of the site.
///
/// # Errors
/// If what is stored cannot be read.
pub fn of_site(site: &site::Model) -> anyhow::Result<MobileApps> {
    let saved = as_typed(site);
    let saved = TypedMobileApps {
        return_addresses: &saved.return_addresses,
        ios_apps: &saved.ios_apps,
        android_apps: &saved.android_apps,
    };
    saved.read().map_err(|errors| {
        let fields: Vec<_> = errors.into_iter().map(|error| error.field).collect();
        anyhow!("site {}: {} cannot be read", site.id, fields.join(", "))
    })
}

/// The same as an admin types it; empty for what is not set.
pub fn as_typed(site: &site::Model) -> SiteApps {
    let text = |saved: &Option<String>| saved.clone().unwrap_or_default();
    SiteApps {
        return_addresses: text(&site.app_return_addresses),
        ios_apps: text(&site.ios_apps),
        android_apps: text(&site.android_apps),
    }
}

/// Saves what was typed.
///
/// # Errors
/// If the database fails. What is refused is a message beside its field.
pub async fn save(
    engine: &Engine,
    admin: &TenantStaff<ManageSettings>,
    typed: &TypedMobileApps<'_>,
) -> anyhow::Result<Result<(), Refusal>> {
    let apps = match typed.read() {
        Ok(apps) => apps,
        Err(errors) => return Ok(Err(Refusal::fields(errors))),
    };
    let android: Vec<_> = apps.android_apps.iter().map(AndroidApp::line).collect();
    let new = SiteApps {
        return_addresses: apps.return_addresses.join("\n"),
        ios_apps: apps.ios_apps.join("\n"),
        android_apps: android.join("\n"),
    };
    let site_id = admin.site.id();
    let tx = engine.db.begin().await?;
    let before = changed_site::lock(&tx, admin).await?;
    let old = as_typed(&before);
    sites::set_apps(&tx, site_id, &new).await?;
    let field = |name, old: &str, new: &str| Field {
        name,
        old: in_one_line(old),
        new: in_one_line(new),
    };
    let fields = [
        field(
            "App return addresses",
            &old.return_addresses,
            &new.return_addresses,
        ),
        field("iOS apps", &old.ios_apps, &new.ios_apps),
        field("Android apps", &old.android_apps, &new.android_apps),
    ];
    changed_site::record(engine, &tx, admin, fields).await?;
    tx.commit().await?;
    Ok(Ok(()))
}

fn in_one_line(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.replace('\n', ", "))
}
