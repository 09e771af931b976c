//! Site Settings, Rewards tab, and the step that confirms that a program is switched off.

// For the module, since the macro makes two functions of one.
#![expect(clippy::too_many_arguments, reason = "one for each field of the form")]

use leptos::prelude::*;

use crate::types::{Outcome, admin::Sent};

/// The tab.
pub const REWARDS_PATH: &str = "/admin/settings?tab=rewards";

/// Saves the terms of a program.
#[server(endpoint = "save_terms")]
pub async fn save_terms(
    #[server(default)] program: String,
    #[server(default)] hold_days: String,
    #[server(default)] least_purchase: String,
    #[server(default)] cap_credits: String,
    #[server(default)] cap_period: String,
    #[server(default)] partial_refunds: String,
    #[server(default)] review: String,
    #[server(default)] attribution: String,
    #[server(default)] version: String,
) -> Result<Outcome, ServerFnError> {
    use super::read;
    use crate::{ports::Ports, server_fns::answer::answer, types::admin::TermsForm};

    let form = TermsForm {
        hold_days,
        least_purchase,
        cap_credits,
        cap_period,
        partial_refunds,
        review,
        attribution,
        version,
    };
    let rewards = Ports::current().rewards;
    let outcome = rewards.save_terms(read::program(&program), &form).await;
    let typed = [
        ("program", program.as_str()),
        ("hold_days", &form.hold_days),
        ("least_purchase", &form.least_purchase),
        ("cap_credits", &form.cap_credits),
        ("cap_period", &form.cap_period),
        ("partial_refunds", &form.partial_refunds),
        ("review", &form.review),
        ("attribution", &form.attribution),
        // The form is rendered again; it must keep the version it was filled from.
        ("version", &form.version),
    ];
    answer("save_terms", REWARDS_PATH, &typed, outcome).await
}

/// Saves settings that switch a program off, after that was confirmed. A refusal leads back to the form.
#[server(endpoint = "switch_off")]
pub async fn switch_off(
    #[server(default)] tenant_credit: Sent,
    #[server(default)] currency: Sent,
    #[server(default)] memory_days: Sent,
    #[server(default)] version: String,
    #[server(default)] platform_credit: Sent,
    #[server(default)] platform_memory_days: Sent,
    #[server(default)] platform_version: String,
    #[server(default)] tenant_credit_confirmed: String,
    #[server(default)] platform_credit_confirmed: String,
    #[server(default)] void_tenant: String,
    #[server(default)] void_platform: String,
) -> Result<Outcome, ServerFnError> {
    use super::PAYMENTS_PATH;
    use crate::{
        ports::Ports,
        server_fns::answer::answer,
        types::admin::{SettingsForm, VoidHeld},
    };

    let form = SettingsForm {
        tenant_credit: tenant_credit.0,
        currency: currency.0,
        memory_days: memory_days.0,
        version,
        platform_credit: platform_credit.0,
        platform_memory_days: platform_memory_days.0,
        platform_version,
        tenant_credit_confirmed,
        platform_credit_confirmed,
    };
    let void = VoidHeld {
        tenant: void_tenant == "on",
        platform: void_platform == "on",
    };
    let outcome = Ports::current()
        .rewards
        .switch_off(form.clone(), void)
        .await;
    answer("save_settings", PAYMENTS_PATH, &form.sent(), outcome).await
}

/// Sets whether previews of links show who shared them.
#[server(endpoint = "show_preview_names")]
pub async fn show_preview_names(
    #[server(default)] shown: String,
) -> Result<Outcome, ServerFnError> {
    use crate::{ports::Ports, server_fns::answer::answer};

    let rewards = Ports::current().rewards;
    let outcome = rewards.show_preview_names(shown == "on").await;
    answer("show_preview_names", REWARDS_PATH, &[], outcome).await
}

/// Sets how many days after registering members can name who referred them.
#[server(endpoint = "save_referrer_days")]
pub async fn save_referrer_days(#[server(default)] days: String) -> Result<Outcome, ServerFnError> {
    use crate::{ports::Ports, server_fns::answer::answer};

    let outcome = Ports::current().rewards.save_referrer_days(&days).await;
    let typed = [("days", days.as_str())];
    answer("save_referrer_days", REWARDS_PATH, &typed, outcome).await
}

/// Sets what members send along with their link.
#[server(endpoint = "save_share_message")]
pub async fn save_share_message(
    #[server(default)] message: String,
) -> Result<Outcome, ServerFnError> {
    use crate::{ports::Ports, server_fns::answer::answer};

    let rewards = Ports::current().rewards;
    let outcome = rewards.save_share_message(&message).await;
    let typed = [("message", message.as_str())];
    answer("save_share_message", REWARDS_PATH, &typed, outcome).await
}
