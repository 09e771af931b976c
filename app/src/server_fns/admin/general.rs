//! Site Settings, General tab.

// For the module, since the macro makes two functions of one.
#![expect(clippy::too_many_arguments, reason = "one for each field of the form")]

use leptos::prelude::*;

use crate::types::Outcome;

/// The tab.
pub const GENERAL_PATH: &str = "/admin/settings?tab=general";

/// Saves what the site says of itself.
#[server(endpoint = "save_general")]
pub async fn save_general(
    #[server(default)] name: String,
    #[server(default)] tagline: String,
    #[server(default)] accent: String,
    #[server(default)] time_zone: String,
    #[server(default)] postal_address: String,
    #[server(default)] opening_hours: String,
    #[server(default)] support_email: String,
    #[server(default)] version: String,
) -> Result<Outcome, ServerFnError> {
    use crate::{ports::Ports, server_fns::answer::answer, types::admin::GeneralForm};

    let form = GeneralForm {
        name,
        tagline,
        accent,
        time_zone,
        postal_address,
        opening_hours,
        support_email,
        version,
    };
    let outcome = Ports::current().general.save(&form).await;
    let typed = [
        ("name", form.name.as_str()),
        ("tagline", &form.tagline),
        ("accent", &form.accent),
        ("time_zone", &form.time_zone),
        ("postal_address", &form.postal_address),
        ("opening_hours", &form.opening_hours),
        ("support_email", &form.support_email),
        // Without JavaScript the form is rendered again; it must keep the version it was filled from.
        ("version", &form.version),
    ];
    answer("save_general", GENERAL_PATH, &typed, outcome).await
}

/// Saves the terms or the privacy policy.
#[server(endpoint = "save_policy")]
pub async fn save_policy(
    #[server(default)] policy: String,
    #[server(default)] content: String,
    #[server(default)] version: String,
) -> Result<Outcome, ServerFnError> {
    use crate::{ports::Ports, server_fns::answer::answer};

    let general = Ports::current().general;
    let outcome = general.save_policy(&policy, &content, &version).await;
    let typed = [
        ("policy", policy.as_str()),
        ("content", &content),
        ("version", &version),
    ];
    answer("save_policy", GENERAL_PATH, &typed, outcome).await
}

/// Removes the logo.
#[server(endpoint = "remove_logo")]
pub async fn remove_logo() -> Result<Outcome, ServerFnError> {
    use crate::{ports::Ports, server_fns::answer::answer};

    let outcome = Ports::current().general.remove_logo().await;
    answer("remove_logo", GENERAL_PATH, &[], outcome).await
}
