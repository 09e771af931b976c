//! One row of the table of platform referrers: what they brought, links to copy, "Rename" and "Disable".

use domain::forms::Refusal;
use leptos::{prelude::*, server_fn::ServerFn};

use super::{
    list::{List, Reason, link_id},
    rename::Rename,
};
use crate::{
    islands::{
        admin::{controls::Version, thousands::grouped},
        any_view::IntoAnyView,
        form::{FormErrors, FormState},
        live_text::LiveText,
    },
    server_fns::admin::{SetReferrerDisabled, customer_page},
    types::admin::{PlatformReferrer, ReferrerLink},
};

/// Prefix of the button's id.
const SWITCH: &str = "switch-";

/// One referrer of the list. `refusal` is about a form of theirs that was sent without JavaScript.
#[component]
pub fn ReferrerRow(referrer: PlatformReferrer, list: List, refusal: Refusal) -> impl IntoView {
    let id = referrer.id;
    // A refused "Rename" has a typed name, a refused "Disable" does not.
    let (renaming, switching) = match refusal.typed.contains_key("name") {
        true => (refusal, Refusal::default()),
        false => (Refusal::default(), refusal),
    };
    let switching = FormState::new(switching);
    let code = referrer.code.clone();
    let links = referrer.links.clone();
    let shown = Memo::new(move |before: Option<&PlatformReferrer>| {
        let known = list.find(id).or_else(|| before.cloned());
        known.unwrap_or_else(|| referrer.clone())
    });
    let links = links.into_iter().enumerate();
    let links = links.map(|(place, link)| link_field(shown, link_id(id, place), link));
    let noun = move || shown.with(|one| noun(one.referrals));
    let more = format!("more-{id}");
    view! {
        <tr class="referrer" role="row" class:is-disabled=move || shown.with(|one| one.disabled)>
            <td class="referrer-who" role="cell">
                {move || shown.with(who)}
                <FormErrors state=switching />
            </td>
            <td class="referrer-code" role="cell">{code_field(shown, code)}</td>
            <td class="referrer-number" role="cell" data-label=noun>
                {move || LiveText(shown.with(|one| grouped(one.referrals)))}
            </td>
            <td class="referrer-number" role="cell" data-label="credited">
                {move || LiveText(shown.with(|one| grouped(one.credited)))}
            </td>
            <td class="referrer-number" role="cell">
                {move || LiveText(shown.with(|one| one.earned.clone()))}
            </td>
            <td class="referrer-does" role="cell">
                <button
                    type="button"
                    class="button button-small referrer-open"
                    popovertarget=more.clone()
                >
                    "More"
                    <span class="visually-hidden">{move || LiveText(format!(" about {}", name(shown)))}</span>
                </button>
                <div id=more class="referrer-more" popover="auto">
                    <p class="referrer-heading">
                        <bdi>{move || LiveText(name(shown))}</bdi>
                        <span class="referrer-email">
                            {move || shown.with(|one| breakable(&one.email))}
                        </span>
                    </p>
                    <div class="referrer-links">{links.collect_view()}</div>
                    <div class="referrer-actions">
                        <Rename shown list refusal=renaming />
                        <Switch shown list state=switching />
                    </div>
                </div>
            </td>
        </tr>
    }
}

fn name(shown: Memo<PlatformReferrer>) -> String {
    shown.with(|one| one.name.clone())
}

/// The name, which leads to the referrer's Stripe customer, and the address.
fn who(one: &PlatformReferrer) -> AnyView {
    let disabled = one
        .disabled
        .then(|| view! { <span class="badge">"Disabled"</span> });
    view! {
        <span class="referrer-name">
            <a href=customer_page(one.id) dir="auto">{one.name.clone()}</a>
            {disabled}
        </span>
        <span class="referrer-email">{breakable(&one.email)}</span>
    }
    .into_any_view()
}

/// An address that breaks behind a sign of it, and not within a word.
fn breakable(email: &str) -> AnyView {
    let parts = email.split_inclusive(['@', '.', '+', '_']);
    let parts = parts.map(|part| view! { {part.to_owned()} <wbr /> });
    parts.collect_view().into_any_view()
}

/// The code, with a button that copies it.
fn code_field(shown: Memo<PlatformReferrer>, code: String) -> impl IntoView {
    view! {
        <div class="copy-field">
            <code translate="no">{code}</code>
            <button type="button" class="button button-small needs-script">
                "Copy"
                <span class="visually-hidden">{move || LiveText(format!(" code of {}", name(shown)))}</span>
            </button>
            <p class="copy-field-result" role="status"></p>
        </div>
    }
}

/// A link with the brand before it and a button that copies it. Of the link its end is seen, which is the code.
fn link_field(
    shown: Memo<PlatformReferrer>,
    id: String,
    link: ReferrerLink,
) -> impl IntoView + use<> {
    let whose = move || format!(" link of {}", name(shown));
    let brand = link.brand.clone();
    view! {
        <div class="copy-field">
            <label for=id.clone()>
                {link.brand} <span class="visually-hidden">{whose}</span>
            </label>
            <input id=id type="text" readonly value=link.url />
            <button type="button" class="button button-small needs-script">
                "Copy"
                <span class="visually-hidden">" " {brand} {whose}</span>
            </button>
            <p class="copy-field-result" role="status"></p>
        </div>
    }
}

/// Disables the code, or enables it again: from the state that the row shows.
#[component]
fn Switch(shown: Memo<PlatformReferrer>, list: List, state: FormState) -> impl IntoView {
    let id = shown.with_untracked(|one| one.id);
    let send = move |event| {
        state.submit_then(event, move || {
            list.reload(Reason::Changed(id, SWITCH));
        });
    };
    list.follow(state);
    let disabled = move || shown.with(|one| one.disabled);
    let version = Signal::derive(move || shown.with(|one| one.version.to_string()));
    view! {
        <form method="post" action=SetReferrerDisabled::PATH on:submit=send>
            <input type="hidden" name="id" value=id.to_string() />
            <input type="hidden" name="back" value=move || list.here() />
            <input type="hidden" name="disabled" value=move || (!disabled()).to_string() />
            <Version state filled_from=version />
            <button
                id=format!("{SWITCH}{id}")
                type="submit"
                class="button button-small"
                aria-disabled=move || state.busy.get().then_some("true")
                aria-busy=move || state.shows_busy.get().then_some("true")
            >
                {move || if disabled() { "Enable" } else { "Disable" }}
                <span class="visually-hidden">" " {move || name(shown)}</span>
            </button>
        </form>
    }
}

fn noun(referrals: u64) -> &'static str {
    match referrals {
        1 => "referral",
        _ => "referrals",
    }
}
