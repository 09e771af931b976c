//! **Save Settings**: both programs' parts of the form, or neither.

use app::types::{Outcome, admin::SettingsForm};
use domain::{
    credit::Program,
    forms::{Refusal, SettingsChange, TypedSettings},
    money::Money,
};
use sea_orm::ConnectionTrait;
use store::SiteId;
use store::{
    Write,
    audit_log::{self, Change, Field},
    platform_settings, site_settings,
};

use crate::ports::{
    Services,
    admin::{not_yours, stale},
};

/// `audit_log.subject`.
const SUBJECT: &str = "Settings";

/// One program's part, read from the form and held against what is in force.
struct Part {
    /// `None`: the platform program.
    site_id: Option<SiteId>,
    /// The field of the form that holds the version.
    version_field: &'static str,
    /// The version that the form was filled from, as sent.
    seen: String,
    /// The version now.
    version: i64,
    /// What was typed and is not in force.
    changes: Vec<Field<'static>>,
    /// What is to be in force.
    credit: Money,
    /// The same, in days.
    memory_days: i64,
}

impl Part {
    /// Another admin saved meanwhile, and something else than was typed here.
    fn is_stale(&self) -> bool {
        !self.changes.is_empty() && self.seen.parse() != Ok(self.version)
    }
}

/// Saves what was sent.
pub async fn save(services: &Services, form: &SettingsForm) -> anyhow::Result<Outcome> {
    let (tenant, platform) = typed(form);
    let visit = &services.visit;
    let (runs_site, runs_platform) = (visit.tenant_admin(), visit.platform_admin());
    let nobody = runs_site.is_none() && runs_platform.is_none();
    let others = tenant.is_sent() && runs_site.is_none();
    if nobody || others || platform.is_sent() && runs_platform.is_none() {
        return Ok(not_yours());
    }
    let (tenant_change, platform_change) = match read(&tenant, &platform) {
        Ok(changes) => changes,
        Err(refusal) => return Ok(Outcome::Refused(refusal)),
    };
    let tx = services.state.db.begin().await?;
    let mut parts = Vec::new();
    if let Some(admin) = runs_site.filter(|_| tenant.is_sent()) {
        parts.push(tenant_part(&tx, admin.site.id(), tenant_change, &form.version).await?);
    }
    if platform.is_sent() {
        parts.push(platform_part(&tx, platform_change, &form.platform_version).await?);
    }
    if parts.iter().any(Part::is_stale) {
        return conflict(&tx, &parts).await;
    }
    for part in parts.into_iter().filter(|part| !part.changes.is_empty()) {
        write(&tx, services, part).await?;
    }
    tx.commit().await?;
    Ok(Outcome::Done("Settings saved.".to_owned()))
}

fn typed(form: &SettingsForm) -> (TypedSettings<'_>, TypedSettings<'_>) {
    let tenant = TypedSettings {
        credit: form.tenant_credit.as_deref(),
        currency: form.currency.as_deref(),
        memory_days: form.memory_days.as_deref(),
    };
    let platform = TypedSettings {
        credit: form.platform_credit.as_deref(),
        currency: None,
        memory_days: form.platform_memory_days.as_deref(),
    };
    (tenant, platform)
}

fn read(
    tenant: &TypedSettings<'_>,
    platform: &TypedSettings<'_>,
) -> Result<(SettingsChange, SettingsChange), Refusal> {
    match (
        tenant.read(Program::Tenant),
        platform.read(Program::Platform),
    ) {
        (Ok(tenant), Ok(platform)) => Ok((tenant, platform)),
        (tenant, platform) => {
            let mut errors = tenant.err().unwrap_or_default();
            errors.extend(platform.err().unwrap_or_default());
            Err(Refusal::fields(errors))
        }
    }
}

async fn tenant_part(
    tx: &impl Write,
    site_id: SiteId,
    change: SettingsChange,
    seen: &str,
) -> anyhow::Result<Part> {
    let now = site_settings::lock(tx, site_id).await?;
    let old = now.values();
    let currency = change.currency.unwrap_or(old.credit.currency());
    let cents = change.credit_cents.unwrap_or(old.credit.cents());
    let credit = Money::new(cents, currency);
    let code = |money: Money| money.currency().code().to_uppercase();
    let memory_days = change.memory_days.unwrap_or(old.memory_days);
    Ok(Part {
        site_id: Some(site_id),
        version_field: "version",
        seen: seen.to_owned(),
        version: now.version,
        changes: changed([
            field(
                "Tenant Referral Credit Amount",
                old.credit.cents(),
                credit.cents(),
            ),
            field("Currency", code(old.credit), code(credit)),
            field("Referral memory (days)", old.memory_days, memory_days),
        ]),
        credit,
        memory_days,
    })
}

async fn platform_part(
    tx: &impl Write,
    change: SettingsChange,
    seen: &str,
) -> anyhow::Result<Part> {
    let now = platform_settings::lock(tx).await?;
    let old = now.platform_credit();
    let cents = change.credit_cents.unwrap_or(old.cents());
    let memory_days = change.memory_days.unwrap_or(now.referral_memory_days);
    Ok(Part {
        site_id: None,
        version_field: "platform_version",
        seen: seen.to_owned(),
        version: now.version,
        changes: changed([
            field("Platform Referral Credit Amount", old.cents(), cents),
            field(
                "Referral memory (days)",
                now.referral_memory_days,
                memory_days,
            ),
        ]),
        credit: Money::new(cents, old.currency()),
        memory_days,
    })
}

fn field(name: &'static str, old: impl ToString, new: impl ToString) -> Field<'static> {
    Field {
        name,
        old: Some(old.to_string()),
        new: Some(new.to_string()),
    }
}

fn changed<const N: usize>(fields: [Field<'static>; N]) -> Vec<Field<'static>> {
    fields
        .into_iter()
        .filter(|field| field.old != field.new)
        .collect()
}

/// Tells what is in force now, and by whom; nothing is saved.
async fn conflict(tx: &impl ConnectionTrait, parts: &[Part]) -> anyhow::Result<Outcome> {
    let mut message = Vec::new();
    let mut in_force = Vec::new();
    let mut versions = Refusal::default();
    for part in parts.iter().filter(|part| part.is_stale()) {
        message.push(stale(tx, part.site_id, SUBJECT, "saved these settings").await?);
        let values = part.changes.iter();
        in_force.extend(
            values.filter_map(|change| Some(format!("{} {}", change.name, change.old.as_deref()?))),
        );
        versions = versions.keep(part.version_field, &part.version.to_string());
    }
    message.dedup();
    message.push(format!("Now saved: {}.", in_force.join(", ")));
    message.push("What you typed is kept; save again to replace it.".to_owned());
    Ok(Outcome::Refused(Refusal {
        message: Some(message.join(" ")),
        ..versions
    }))
}

async fn write(tx: &impl Write, services: &Services, part: Part) -> anyhow::Result<()> {
    let saved = match part.site_id {
        Some(site_id) => {
            let values = site_settings::Values {
                credit: part.credit,
                memory_days: part.memory_days,
            };
            site_settings::save(tx, site_id, part.version, values).await?
        }
        None => {
            let cents = part.credit.cents();
            platform_settings::save(tx, part.version, cents, part.memory_days).await?
        }
    };
    anyhow::ensure!(saved, "the settings were locked and changed all the same");
    let change = Change {
        site_id: part.site_id,
        actor: services.visit.user.as_deref(),
        subject: SUBJECT,
        now: services.state.now(),
    };
    Ok(audit_log::write(tx, &change, part.changes).await?)
}
