//! The General tab of Site Settings: what a site says of itself. Its forms are plain: the page reloads
//! and says what was done.

use domain::{forms::Refusal, policy::Policy};
use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    components::refusal_notice,
    islands::admin::text_area_content,
    ports::Viewer,
    server_fns::admin::{RemoveLogo, SaveGeneral, SavePolicy},
    types::admin::{GeneralSettings, LOGO_UPLOAD, PolicyForm},
};

/// The tab.
pub fn general_tab(viewer: &Viewer, settings: GeneralSettings) -> AnyView {
    let refusal = viewer.refusal("save_general");
    let hosts = hosts(&settings.hosts);
    let logo = logo(viewer, settings.logo.clone());
    let policies = policies(viewer, settings.policies.clone());
    view! { {form(settings, &refusal)} {policies} {logo} {hosts} }.into_any()
}

fn form(settings: GeneralSettings, refusal: &Refusal) -> impl IntoView + use<> {
    let saved = settings.form;
    let notice = refusal.fields.is_empty().then(|| refusal_notice(refusal));
    let version = typed(refusal, "version", saved.version);
    let line = |name, label, hint, saved, kind: &'static str| {
        field(refusal, (name, label, hint), |id, error| {
            let value = typed(refusal, name, saved);
            let (list, invalid) = ((kind == "list").then_some("zones"), error.is_some());
            let kind = if kind == "email" { "email" } else { "text" };
            view! {
                <input
                    id=id
                    name=name
                    type=kind
                    autocomplete="off"
                    list=list
                    value=value
                    aria-invalid=invalid.then_some("true")
                    aria-describedby=described(name)
                />
            }
            .into_any()
        })
    };
    let lines = |name, label, hint, saved| {
        field(refusal, (name, label, hint), |id, error| {
            let value = typed(refusal, name, saved);
            view! {
                <textarea
                    id=id
                    name=name
                    rows="3"
                    autocomplete="off"
                    aria-invalid=error.is_some().then_some("true")
                    aria-describedby=described(name)
                    inner_html=text_area_content(&value)
                ></textarea>
            }
            .into_any()
        })
    };
    let zones = settings.zones.into_iter();
    let zones = zones.map(|zone| view! { <option value=zone></option> });
    view! {
        <section class="panel" aria-labelledby="general-title">
            <h2 class="panel-title" id="general-title">"General"</h2>
            <form class="sale" method="post" action=SaveGeneral::PATH>
                {notice}
                <input type="hidden" name="version" value=version />
                {line("name", "Name", "", saved.name, "text")}
                {line("tagline", "Tagline", "One sentence under the name.", saved.tagline, "text")}
                {line(
                    "accent",
                    "Accent color",
                    "Like #b4451f, dark enough for white text. Empty: the theme\u{2019}s color.",
                    saved.accent,
                    "text",
                )}
                {line(
                    "time_zone",
                    "Time zone",
                    "Like America/Detroit. Days begin and times are shown there.",
                    saved.time_zone,
                    "list",
                )}
                <datalist id="zones">{zones.collect_view()}</datalist>
                {lines("postal_address", "Address", "", saved.postal_address)}
                {lines("opening_hours", "Opening hours", "", saved.opening_hours)}
                {line(
                    "support_email",
                    "Support email",
                    "Shown on every page. Replies to emails from this site go there.",
                    saved.support_email,
                    "email",
                )}
                <button type="submit" class="button">"Save"</button>
            </form>
        </section>
    }
}

/// A labeled field with its hint and error; `input` gets the id and the error.
fn field(
    refusal: &Refusal,
    (name, label, hint): (&'static str, &'static str, &'static str),
    input: impl FnOnce(String, Option<&str>) -> AnyView,
) -> AnyView {
    let error = refusal.about(name).map(str::to_owned);
    let input = input(format!("general-{name}"), error.as_deref());
    view! {
        <div class="field">
            <label for=format!("general-{name}")>{label}</label>
            {input}
            <p class="field-hint" id=format!("general-{name}-hint")>{hint}</p>
            <p class="field-error" id=format!("general-{name}-error")>{error}</p>
        </div>
    }
    .into_any()
}

fn described(name: &str) -> String {
    format!("general-{name}-hint general-{name}-error")
}

/// What was typed, even if that was nothing.
fn typed(refusal: &Refusal, name: &str, saved: String) -> String {
    refusal.typed.get(name).cloned().unwrap_or(saved)
}

/// The terms and the privacy policy, each a form of its own.
fn policies(viewer: &Viewer, policies: Vec<PolicyForm>) -> impl IntoView + use<> {
    let refused = viewer.refusal("save_policy");
    let none = Refusal::default();
    let of = |policy: Policy| match refused.typed("policy") == policy.code() {
        true => &refused,
        false => &none,
    };
    let policies = policies.into_iter();
    policies
        .map(|saved| policy(of(saved.policy), saved))
        .collect_view()
}

fn policy(refusal: &Refusal, saved: PolicyForm) -> impl IntoView + use<> {
    let (code, title) = (saved.policy.code(), saved.policy.title());
    let notice = refusal.fields.is_empty().then(|| refusal_notice(refusal));
    let error = refusal.about("content").map(str::to_owned);
    let content = typed(refusal, "content", saved.content);
    let version = typed(refusal, "version", saved.version);
    let id = |part: &str| format!("policy-{code}{part}");
    let link = format!("Empty: the pages have no link to {}.", saved.policy.path());
    view! {
        <section class="panel" aria-labelledby=id("-title")>
            <h2 class="panel-title" id=id("-title")>{title}</h2>
            <form class="sale" method="post" action=SavePolicy::PATH>
                {notice}
                <input type="hidden" name="policy" value=code />
                <input type="hidden" name="version" value=version />
                <div class="field">
                    <label for=id("")>"Text, or the address of your own page"</label>
                    <textarea
                        id=id("")
                        name="content"
                        rows="10"
                        autocomplete="off"
                        aria-invalid=error.is_some().then_some("true")
                        aria-describedby=format!("{} {}", id("-hint"), id("-error"))
                        inner_html=text_area_content(&content)
                    ></textarea>
                    <p class="field-hint" id=id("-hint")>
                        "Up to 20,000 characters of plain text, with a blank line between paragraphs. Or only an"
                        " address that begins with https://. "{link}
                    </p>
                    <p class="field-error" id=id("-error")>{error}</p>
                </div>
                <button type="submit" class="button">"Save"</button>
            </form>
        </section>
    }
}

fn logo(viewer: &Viewer, logo: Option<String>) -> impl IntoView + use<> {
    let refusal = viewer.refusal("logo");
    let removal = viewer.refusal("remove_logo");
    let error = refusal.about("logo").map(str::to_owned);
    let name = viewer.site.name.clone();
    let shown = logo.map(|logo| {
        view! {
            <p><img class="logo-preview" src=logo alt=name /></p>
            <form method="post" action=RemoveLogo::PATH>
                <button type="submit" class="button">"Remove the logo"</button>
            </form>
        }
    });
    view! {
        <section class="panel" aria-labelledby="logo-title">
            <h2 class="panel-title" id="logo-title">"Logo"</h2>
            {refusal_notice(&removal)}
            {shown}
            <form class="sale" method="post" action=LOGO_UPLOAD enctype="multipart/form-data">
                <div class="field">
                    <label for="logo">"Picture"</label>
                    <input
                        id="logo"
                        name="logo"
                        type="file"
                        accept="image/png,image/jpeg,image/webp"
                        aria-invalid=error.is_some().then_some("true")
                        aria-describedby="logo-hint logo-error"
                    />
                    <p class="field-hint" id="logo-hint">
                        "PNG, JPEG or WebP, at most 256 KB. It stands in place of the name at the top of each page."
                    </p>
                    <p class="field-error" id="logo-error">{error}</p>
                </div>
                <button type="submit" class="button">"Use this picture"</button>
            </form>
        </section>
    }
}

fn hosts(hosts: &[String]) -> Option<impl IntoView + use<>> {
    let (canonical, others) = hosts.split_first()?;
    let others = (!others.is_empty()).then(|| {
        let others = format!("These lead to it: {}.", others.join(", "));
        view! { <p>{others}</p> }
    });
    let canonical = format!("This site is at {canonical}.");
    Some(view! {
        <section class="panel" aria-labelledby="hosts-title">
            <h2 class="panel-title" id="hosts-title">"Address on the web"</h2>
            <p class="account-standing">{canonical}</p>
            {others}
            <p class="field-hint">"Whoever runs the server adds and removes addresses."</p>
        </section>
    })
}
