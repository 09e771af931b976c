//! Site Settings, Payments tab.

// For the module, since the macro makes two functions of one.
#![expect(clippy::too_many_arguments, reason = "one for each field of the form")]

use leptos::prelude::*;

use crate::types::{
    Outcome,
    admin::{PaymentSettings, Sent},
};

/// The settings on the Payments tab that the viewer may see.
#[server(name = ReadPaymentSettings, endpoint = "payment_settings")]
pub async fn payment_settings() -> Result<PaymentSettings, ServerFnError> {
    crate::ports::Ports::current()
        .settings
        .payments()
        .await
        .map_err(|_| crate::server_fns::answer::internal_error())
}

/// **Save Settings**. A field that was not sent changes nothing.
#[server(endpoint = "save_settings")]
pub async fn save_settings(
    #[server(default)] tenant_credit: Sent,
    #[server(default)] currency: Sent,
    #[server(default)] memory_days: Sent,
    #[server(default)] version: String,
    #[server(default)] platform_credit: Sent,
    #[server(default)] platform_memory_days: Sent,
    #[server(default)] platform_version: String,
    #[server(default)] tenant_credit_confirmed: String,
    #[server(default)] platform_credit_confirmed: String,
) -> Result<Outcome, ServerFnError> {
    use super::PAYMENTS_PATH;
    use crate::{ports::Ports, server_fns::answer::answer, types::admin::SettingsForm};

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
    let outcome = Ports::current().settings.save(form.clone()).await;
    // Without JavaScript the form is rendered again; it must keep the version it was filled from.
    answer("save_settings", PAYMENTS_PATH, &form.sent(), outcome).await
}

/// Sets the age that the site asks of who registers.
#[server(endpoint = "save_minimum_age")]
pub async fn save_minimum_age(
    #[server(default)] minimum_age: String,
) -> Result<Outcome, ServerFnError> {
    use super::PAYMENTS_PATH;
    use crate::{ports::Ports, server_fns::answer::answer};

    let settings = Ports::current().settings;
    let outcome = settings.save_minimum_age(&minimum_age).await;
    let typed = [("minimum_age", minimum_age.as_str())];
    answer("save_minimum_age", PAYMENTS_PATH, &typed, outcome).await
}

/// Connects Stripe or changes its keys. The answer never contains keys.
#[server(endpoint = "connect_stripe")]
pub async fn connect_stripe(
    #[server(default)] program: String,
    #[server(default)] secret_key: String,
    #[server(default)] webhook_secrets: String,
    #[server(default)] replace_secrets: String,
    #[server(default)] same_account: String,
    #[server(default)] version: String,
) -> Result<Outcome, ServerFnError> {
    use super::{PAYMENTS_PATH, read};
    use crate::{ports::Ports, server_fns::answer::answer, types::admin::StripeForm};

    let typed = [
        ("program", program.clone()),
        ("same_account", same_account.clone()),
        ("replace_secrets", replace_secrets.clone()),
        ("version", version.clone()),
    ];
    let typed = typed
        .each_ref()
        .map(|(name, typed)| (*name, typed.as_str()));
    let form = StripeForm {
        secret_key,
        webhook_secrets,
        replace_secrets,
        same_account,
        version,
    };
    let settings = Ports::current().settings;
    let outcome = settings.connect_stripe(read::program(&program), form).await;
    answer("connect_stripe", PAYMENTS_PATH, &typed, outcome).await
}

/// **Test connection**.
#[server(endpoint = "test_stripe")]
pub async fn test_stripe(#[server(default)] program: String) -> Result<Outcome, ServerFnError> {
    use super::{PAYMENTS_PATH, read};
    use crate::{ports::Ports, server_fns::answer::answer};

    let outcome = Ports::current()
        .settings
        .test_stripe(read::program(&program))
        .await;
    let typed = [("program", program.as_str())];
    answer("test_stripe", PAYMENTS_PATH, &typed, outcome).await
}

/// **Create the webhook endpoint** at Stripe.
#[server(endpoint = "create_webhook_endpoint")]
pub async fn create_webhook_endpoint(
    #[server(default)] program: String,
) -> Result<Outcome, ServerFnError> {
    use super::{PAYMENTS_PATH, read};
    use crate::{ports::Ports, server_fns::answer::answer};

    let settings = Ports::current().settings;
    let outcome = settings
        .create_webhook_endpoint(read::program(&program))
        .await;
    let typed = [("program", program.as_str())];
    answer("create_webhook_endpoint", PAYMENTS_PATH, &typed, outcome).await
}

#[server(endpoint = "disconnect_stripe")]
pub async fn disconnect_stripe(
    #[server(default)] program: String,
    #[server(default)] version: String,
) -> Result<Outcome, ServerFnError> {
    use super::{PAYMENTS_PATH, read};
    use crate::{ports::Ports, server_fns::answer::answer};

    let settings = Ports::current().settings;
    let outcome = settings
        .disconnect_stripe(read::program(&program), &version)
        .await;
    let typed = [("program", program.as_str())];
    answer("disconnect_stripe", PAYMENTS_PATH, &typed, outcome).await
}

/// **Remove the secret**: one of several signing secrets.
#[server(endpoint = "remove_signing_secret")]
pub async fn remove_signing_secret(
    #[server(default)] program: String,
    #[server(default)] place: String,
    #[server(default)] version: String,
) -> Result<Outcome, ServerFnError> {
    use super::{PAYMENTS_PATH, read};
    use crate::{ports::Ports, server_fns::answer::answer};

    let outcome = Ports::current()
        .settings
        .remove_signing_secret(read::program(&program), &place, &version)
        .await;
    let typed = [("program", program.as_str())];
    answer("remove_signing_secret", PAYMENTS_PATH, &typed, outcome).await
}

/// **Record this sale**, for a payment that matches no purchase.
#[server(endpoint = "record_unmatched")]
pub async fn record_unmatched(
    #[server(default)] event: String,
    #[server(default)] email: String,
) -> Result<Outcome, ServerFnError> {
    use super::{PAYMENTS_PATH, read};
    use crate::{ports::Ports, server_fns::answer::answer};

    let settings = Ports::current().settings;
    let outcome = settings.record_unmatched(read::id(&event), &email).await;
    let typed = [("event", event.as_str()), ("email", email.as_str())];
    answer("record_unmatched", PAYMENTS_PATH, &typed, outcome).await
}

/// **Dismiss**, for a payment that matches no purchase.
#[server(endpoint = "dismiss_unmatched")]
pub async fn dismiss_unmatched(
    #[server(default)] program: String,
    #[server(default)] event: String,
) -> Result<Outcome, ServerFnError> {
    use super::{PAYMENTS_PATH, read};
    use crate::{ports::Ports, server_fns::answer::answer};

    let settings = Ports::current().settings;
    let outcome = settings
        .dismiss_unmatched(read::program(&program), read::id(&event))
        .await;
    let typed = [("event", event.as_str())];
    answer("dismiss_unmatched", PAYMENTS_PATH, &typed, outcome).await
}
