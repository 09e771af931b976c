//! Both programs' settings, saved together or not at all.

use domain::{
    credit::{Program, unusual_amount},
    forms::{
        CurrencyUse, FieldError, Refusal, SettingsChange, TypedSettings, may_trade_in,
        read_minimum_age,
    },
    money::{Currency, Money},
};
use sea_orm::{ConnectionTrait, DbErr};
use server_core::zone::Zone;
use store::{
    Scope, SiteId, Write,
    audit_log::{self, Change, Field},
    credits::traded,
    entities::user,
    platform_settings, products, purchases, site_settings,
};

use crate::{
    Engine,
    holds::{self, Void},
    rights::{ManageSettings, PlatformStaff, TenantStaff},
    stale_form::who_was_first,
};

/// `audit_log.subject`.
pub const SUBJECT: &str = "Settings";
/// `audit_log.field` of a site's currency.
pub const CURRENCY: &str = "Currency";

/// One program's part of the form, compared with what is stored.
struct Part {
    /// `None` for the platform program.
    site_id: Option<SiteId>,
    /// The form's field that holds the version.
    version_field: &'static str,
    /// The version that the form was filled from, as it was sent.
    seen: String,
    /// The stored version.
    version: i64,
    /// The fields whose typed value differs from the stored one.
    changes: Vec<Field<'static>>,
    /// The form's field that holds the credit.
    credit_field: &'static str,
    /// The stored credit.
    stored_credit: Money,
    /// The credit to store.
    credit: Money,
    /// The credit in cents that the admin confirmed.
    confirmed_cents: Option<i64>,
    /// The program was on, and is off with this credit.
    switches_off: bool,
    /// The form says 0, whether the program was on or off.
    is_off: bool,
    /// The referral memory to store, in days.
    memory_days: i64,
}

impl Part {
    /// Whether another admin saved other values meanwhile.
    fn is_stale(&self) -> bool {
        !self.changes.is_empty() && self.seen.parse() != Ok(self.version)
    }

    /// The question whether the new credit is meant, unless that was answered (`docs/rules.md` 222).
    fn question(&self) -> Option<FieldError> {
        let question = unusual_amount(self.stored_credit, self.credit)?;
        let open = self.confirmed_cents != Some(self.credit.cents());
        open.then(|| FieldError::new(self.credit_field, question))
    }

    fn scope(&self) -> Scope {
        self.site_id.map_or(Scope::Platform, Scope::Site)
    }
}

/// What came of saving.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Saved {
    /// It is saved, and so many credits on hold were voided.
    Done { voided: u64 },
    /// Nothing is saved: a program would be switched off while credits are on hold, which is to be confirmed.
    ToConfirm,
}

/// One program's part of the form, as it was typed.
pub struct TypedPart<'a, Admin> {
    /// Who saves it.
    pub admin: &'a Admin,
    /// What was typed.
    pub typed: TypedSettings<'a>,
    /// The version of the settings that the form was filled from.
    pub version: &'a str,
}

/// Saves the parts that were sent. Refuses with all mistakes at once, or where another admin saved
/// other values since the form was filled; a time in the refusal is in `zone`. An unusual amount is saved once
/// the form confirms it (`docs/rules.md` 222). Switching a program off while credits are on hold is done once it
/// is `confirmed`, which says what is voided (`docs/rules.md` 133).
pub async fn save(
    engine: &Engine,
    zone: &Zone,
    tenant: Option<TypedPart<'_, TenantStaff<ManageSettings>>>,
    platform: Option<TypedPart<'_, PlatformStaff<ManageSettings>>>,
    confirmed: Option<Void>,
) -> anyhow::Result<Result<Saved, Refusal>> {
    let tenant_typed = tenant.as_ref().map(|part| part.typed);
    let platform_typed = platform.as_ref().map(|part| part.typed);
    let (tenant_change, platform_change) = match read(
        &tenant_typed.unwrap_or_default(),
        &platform_typed.unwrap_or_default(),
    ) {
        Ok(changes) => changes,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let tx = engine.db.begin().await?;
    let mut parts = Vec::new();
    if let Some(TypedPart { admin, version, .. }) = &tenant {
        let part = tenant_part(&tx, admin.site.id(), tenant_change, version).await?;
        parts.push((part, &*admin.user));
    }
    if let Some(TypedPart { admin, version, .. }) = &platform {
        let part = platform_part(&tx, platform_change, version).await?;
        parts.push((part, &*admin.user));
    }
    if let Some(TypedPart { admin, .. }) = &tenant
        && let Some(asked) = tenant_change.currency
        && let Err(error) = other_currency(&tx, admin.site.id(), asked).await?
    {
        return Ok(Err(Refusal::fields(vec![error])));
    }
    if parts.iter().any(|(part, _)| part.is_stale()) {
        let stale = parts
            .iter()
            .map(|(part, _)| part)
            .filter(|part| part.is_stale());
        return Ok(Err(conflict(&tx, stale, zone).await?));
    }
    if let Some(questions) = questions(parts.iter().map(|(part, _)| part)) {
        return Ok(Err(questions));
    }
    for (part, _) in parts.iter().filter(|(part, _)| part.switches_off) {
        let held = holds::in_transaction(engine, &tx, part.scope()).await?;
        if held.is_some() && confirmed.is_none() {
            return Ok(Ok(Saved::ToConfirm));
        }
    }
    let mut voided = 0;
    for (part, actor) in parts {
        let scope = part.scope();
        // It may be off already: what stayed on hold can be voided by the same step.
        if part.is_off && confirmed.is_some_and(|void| void.is_of(scope)) {
            voided += holds::void(engine, &tx, scope, actor).await?;
        }
        if !part.changes.is_empty() {
            write(&tx, engine, part, actor).await?;
        }
    }
    tx.commit().await?;
    Ok(Ok(Saved::Done { voided }))
}

/// Asks whether unusual amounts are meant; its `typed` has what confirms each of them. `None` if there is
/// nothing to ask.
fn questions<'a>(parts: impl Iterator<Item = &'a Part>) -> Option<Refusal> {
    let mut refusal = Refusal::default();
    for part in parts {
        if let Some(question) = part.question() {
            let confirmed = format!("{}_confirmed", part.credit_field);
            refusal = refusal.keep(&confirmed, &part.credit.cents().to_string());
            refusal.fields.push(question);
        }
    }
    (!refusal.fields.is_empty()).then_some(refusal)
}

/// Saves the age that the site asks of who registers, in years.
///
/// # Errors
/// If the database fails. What is refused is a message beside the field `minimum_age`.
pub async fn save_minimum_age(
    engine: &Engine,
    admin: &TenantStaff<ManageSettings>,
    typed: &str,
) -> anyhow::Result<Result<(), Refusal>> {
    let years = match read_minimum_age(typed) {
        Ok(years) => years,
        Err(error) => return Ok(Err(Refusal::fields(vec![error]))),
    };
    let (tx, site_id) = (engine.db.begin().await?, admin.site.id());
    let old = site_settings::lock(&tx, site_id).await?.minimum_age;
    site_settings::set_minimum_age(&tx, site_id, years).await?;
    let words =
        |years: Option<i64>| years.map_or_else(|| "none".to_owned(), |years| years.to_string());
    let change = Change {
        site_id: Some(site_id),
        actor: Some(&*admin.user),
        subject: SUBJECT,
        now: engine.now(),
    };
    let fields = changed([field("Minimum age", words(old), words(years))]);
    audit_log::write(&tx, &change, fields).await?;
    tx.commit().await?;
    Ok(Ok(()))
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

/// Whether the site has sold or credited anything, which fixes its currency (`docs/rules.md` 46).
///
/// # Errors
/// If the database fails.
pub async fn has_traded(db: &impl ConnectionTrait, site_id: SiteId) -> Result<bool, DbErr> {
    Ok(purchases::any_of_site(db, site_id).await? || traded::any_of_site(db, site_id).await?)
}

/// Whether the site may trade in `asked`.
async fn other_currency(
    tx: &impl Write,
    site_id: SiteId,
    asked: Currency,
) -> anyhow::Result<Result<(), FieldError>> {
    let now = *site_settings::lock(tx, site_id).await?.currency;
    let in_use = CurrencyUse {
        traded: has_traded(tx, site_id).await?,
        least_price: products::least_price(tx, site_id).await?,
    };
    Ok(may_trade_in(now, asked, in_use))
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
            field(CURRENCY, code(old.credit), code(credit)),
            field("Referral memory (days)", old.memory_days, memory_days),
        ]),
        switches_off: old.credit.is_positive() && !credit.is_positive(),
        is_off: change.credit_cents == Some(0),
        credit_field: "tenant_credit",
        stored_credit: old.credit,
        credit,
        confirmed_cents: change.confirmed_cents,
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
        switches_off: old.is_positive() && cents == 0,
        is_off: change.credit_cents == Some(0),
        credit_field: "platform_credit",
        stored_credit: old,
        credit: Money::new(cents, old.currency()),
        confirmed_cents: change.confirmed_cents,
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

/// Says what is stored now and who saved it; nothing is saved.
async fn conflict<'a>(
    tx: &impl ConnectionTrait,
    stale: impl Iterator<Item = &'a Part>,
    zone: &Zone,
) -> anyhow::Result<Refusal> {
    let mut message = Vec::new();
    let mut in_force = Vec::new();
    let mut versions = Refusal::default();
    for part in stale {
        let did = "saved these settings";
        message.push(who_was_first(tx, part.site_id, SUBJECT, did, zone).await?);
        let values = part.changes.iter();
        in_force.extend(
            values.filter_map(|change| Some(format!("{} {}", change.name, change.old.as_deref()?))),
        );
        versions = versions.keep(part.version_field, &part.version.to_string());
    }
    message.dedup();
    message.push(format!("Now saved: {}.", in_force.join(", ")));
    message.push("What you typed is kept; save again to replace it.".to_owned());
    Ok(Refusal {
        message: Some(message.join(" ")),
        ..versions
    })
}

async fn write(
    tx: &impl Write,
    engine: &Engine,
    part: Part,
    actor: &user::Model,
) -> anyhow::Result<()> {
    let saved = match part.site_id {
        Some(site_id) => {
            let values = site_settings::Values {
                credit: part.credit,
                memory_days: part.memory_days,
            };
            if part.changes.iter().any(|change| change.name == CURRENCY) {
                products::set_currency(tx, site_id, part.credit.currency()).await?;
            }
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
        actor: Some(actor),
        subject: SUBJECT,
        now: engine.now(),
    };
    Ok(audit_log::write(tx, &change, part.changes).await?)
}
