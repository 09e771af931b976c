//! The server function of Site Settings > Mobile app.

use leptos::prelude::*;

use crate::types::Outcome;

/// The tab.
pub const MOBILE_APPS_PATH: &str = "/admin/settings?tab=app";

/// Sets what the site says of its mobile apps.
#[server(endpoint = "save_mobile_apps")]
pub async fn save_mobile_apps(
    #[server(default)] return_addresses: String,
    #[server(default)] ios_apps: String,
    #[server(default)] android_apps: String,
) -> Result<Outcome, ServerFnError> {
    use crate::{ports::Ports, server_fns::answer::answer, types::admin::MobileAppsForm};

    let form = MobileAppsForm {
        return_addresses,
        ios_apps,
        android_apps,
    };
    let outcome = Ports::current().mobile_apps.save(&form).await;
    let typed = [
        ("return_addresses", form.return_addresses.as_str()),
        ("ios_apps", form.ios_apps.as_str()),
        ("android_apps", form.android_apps.as_str()),
    ];
    answer("save_mobile_apps", MOBILE_APPS_PATH, &typed, outcome).await
}
