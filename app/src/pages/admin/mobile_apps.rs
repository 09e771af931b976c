//! The Mobile app tab of Site Settings: where Stripe's page may lead back to, and which apps open the site's links. Its
//! form is plain: the page reloads and says what was done.

use domain::forms::Refusal;
use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    components::refusal_notice, islands::admin::text_area_content,
    server_fns::admin::SaveMobileApps, types::admin::MobileAppsForm,
};

/// The tab.
pub fn mobile_apps_tab(saved: &MobileAppsForm, refusal: &Refusal) -> AnyView {
    let notice = refusal.fields.is_empty().then(|| refusal_notice(refusal));
    let lines = |name, label, hint, saved: &str| field(refusal, name, (label, hint), saved);
    view! {
        <section class="panel" aria-labelledby="mobile-apps-title">
            <h2 class="panel-title" id="mobile-apps-title">"Mobile app"</h2>
            <form class="sale" method="post" action=SaveMobileApps::PATH novalidate>
                {notice}
                {lines(
                    "return_addresses",
                    "App return addresses",
                    "Where Stripe\u{2019}s page may lead back to your app: how such addresses begin, one per line, like \
                     detroitarms:// or https://app.example.com/",
                    &saved.return_addresses,
                )}
                {lines(
                    "ios_apps",
                    "iOS apps that open referral links",
                    "Team ID and bundle ID, one app per line, like A1B2C3D4E5.com.example.app",
                    &saved.ios_apps,
                )}
                {lines(
                    "android_apps",
                    "Android apps that open referral links",
                    "Package name, a space, and the SHA-256 fingerprint of the signing certificate, one app per line.",
                    &saved.android_apps,
                )}
                <button type="submit" class="button">"Save"</button>
            </form>
        </section>
    }
    .into_any()
}

fn field(
    refusal: &Refusal,
    name: &'static str,
    (label, hint): (&'static str, &'static str),
    saved: &str,
) -> impl IntoView + use<> {
    let error = refusal.about(name).map(str::to_owned);
    let invalid = error.is_some();
    // What was typed, even if that was nothing.
    let typed = refusal.typed.get(name);
    let typed = typed.map_or(saved, String::as_str);
    let (hint_id, error_id) = (format!("{name}-hint"), format!("{name}-error"));
    view! {
        <div class="field">
            <label for=name>{label}</label>
            <textarea
                id=name
                name=name
                rows="3"
                autocomplete="off"
                autocapitalize="off"
                spellcheck="false"
                autofocus=invalid
                aria-invalid=invalid.then_some("true")
                aria-describedby=format!("{hint_id} {error_id}")
                inner_html=text_area_content(typed)
            ></textarea>
            <p class="field-hint" id=hint_id>{hint}</p>
            <p class="field-error" id=error_id role=invalid.then_some("alert")>{error}</p>
        </div>
    }
}
