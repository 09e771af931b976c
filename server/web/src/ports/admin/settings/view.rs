//! What the Payments tab of Site Settings shows.

use app::types::admin::{PaymentSettings, PlatformSettings, StripeConnection, TenantSettings};
use domain::{
    credit::Program,
    stripe_keys::{Health, secret_names},
};
use services::{
    rights::{ManageSettings, ManageStripe},
    settings::has_traded,
    stripe_accounts::webhook_path,
};
use store::{platform_settings, stripe_accounts::StripeAccount};

use super::{
    account::{account, delivery_url},
    endpoint,
};
use crate::ports::Services;

/// The settings of each program whose settings the viewer manages.
pub async fn payments(services: &Services) -> anyhow::Result<PaymentSettings> {
    Ok(PaymentSettings {
        tenant: tenant(services).await?,
        platform: platform(services).await?,
    })
}

async fn tenant(services: &Services) -> anyhow::Result<Option<TenantSettings>> {
    let Some(staff) = services.context.tenant_staff::<ManageSettings>() else {
        return Ok(None);
    };
    let account = match services.context.tenant_staff::<ManageStripe>() {
        Some(_) => account(services, staff.site.row.stripe_account_id).await?,
        None => None,
    };
    let (site, settings) = (&staff.site, &staff.site.settings);
    Ok(Some(TenantSettings {
        credit: site.tenant_credit(),
        currency: site.currency(),
        currency_is_fixed: has_traded(services.state.db.reader(), site.id()).await?,
        memory_days: settings.referral_memory_days,
        version: settings.version,
        stripe: connection(services, Program::Tenant, account).await?,
    }))
}

async fn platform(services: &Services) -> anyhow::Result<Option<PlatformSettings>> {
    let context = &services.context;
    if context.platform_staff::<ManageSettings>().is_none() {
        return Ok(None);
    }
    let settings = platform_settings::get(services.state.db.reader()).await?;
    let account = match context.platform_staff::<ManageStripe>() {
        Some(_) => account(services, settings.stripe_account_id).await?,
        None => None,
    };
    Ok(Some(PlatformSettings {
        credit: settings.platform_credit(),
        memory_days: settings.referral_memory_days,
        version: settings.version,
        stripe: connection(services, Program::Platform, account).await?,
    }))
}

async fn connection(
    services: &Services,
    program: Program,
    account: Option<StripeAccount>,
) -> anyhow::Result<Option<StripeConnection>> {
    let Some(account) = account else {
        return Ok(None);
    };
    let known = account.notes.known(account.webhook_secrets.len());
    let health = Health::of(known, services.state.clock.now());
    let base = delivery_url(services, program).await?;
    Ok(Some(StripeConnection {
        last4: account.last4().to_owned(),
        live: account.livemode,
        badge: health.label().to_owned(),
        wrong: health.sentence().map(str::to_owned),
        webhook_url: format!("{base}{}", webhook_path(&account.public_id)),
        facts: endpoint::facts(services, &account).await?,
        secrets: secret_names(&account.webhook_secrets),
        version: account.version,
    }))
}
