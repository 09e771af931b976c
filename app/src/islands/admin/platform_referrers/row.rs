//! One platform referrer: links to copy, counts, "Rename" and "Disable".

use domain::forms::Refusal;
use leptos::{prelude::*, server_fn::ServerFn};

use super::list::{List, Reason, link_id};
use crate::{
    islands::{
        admin::{controls::Version, thousands::grouped},
        copy_field::CopyField,
        field::Field,
        form::{FormErrors, FormState, SubmitButton},
    },
    server_fns::admin::{ChangeReferrer, SetReferrerDisabled, customer_page},
    types::admin::{PlatformReferrer, ReferrerLink},
};

/// Prefixes of the buttons' ids.
const RENAME: &str = "rename-";
const SWITCH: &str = "switch-";

/// One referrer of the list. `refusal` is about a form of theirs that was sent without JavaScript.
#[component]
pub fn ReferrerRow(referrer: PlatformReferrer, list: List, refusal: Refusal) -> impl IntoView {
    let id = referrer.id;
    let version = referrer.version.to_string();
    // A refused "Rename" has a typed name, a refused "Disable" does not.
    let open = refusal.typed.contains_key("name");
    let state = FormState::new(refusal).with_ids("referrer-").with_row(id);
    let counts = move || {
        list.0.with(|all| {
            let one = all.iter().find(|one| one.id == id);
            one.map(|one| counts(one.referrals, one.credited))
        })
    };
    let name = referrer.name.clone();
    let links = referrer.links.into_iter().enumerate();
    let links = links.map(|(place, link)| link_field(id, place, link, &name));
    let disabled = referrer
        .disabled
        .then(|| view! { <span class="badge">"Disabled"</span> });
    view! {
        <li class="referrer" class:is-disabled=referrer.disabled>
            <div class="referrer-head">
                <h3 class="referrer-name" dir="auto">
                    <a href=customer_page(id)>{referrer.name.clone()}</a>
                </h3>
                {disabled}
            </div>
            <p class="referrer-email">{referrer.email.clone()}</p>
            <p class="referrer-facts">
                "Code " <code>{referrer.code}</code>
                <span>{counts}</span>
                <span>"Added " {referrer.added_on}</span>
            </p>
            <div class="referrer-links">{links.collect_view()}</div>
            <FormErrors state />
            <div class="referrer-actions">
                <Rename state id version=version.clone() open name=referrer.name email=referrer.email list />
                <Switch state id version disabled=referrer.disabled name list />
            </div>
        </li>
    }
}

fn link_field(id: i64, place: usize, link: ReferrerLink, name: &str) -> impl IntoView + use<> {
    view! {
        <CopyField
            id=link_id(id, place)
            label=format!("{} link of {name}", link.brand)
            value=link.url
        />
    }
}

/// Changes the name and the e-mail address. It opens without JavaScript too.
#[component]
fn Rename(
    state: FormState,
    id: i64,
    version: String,
    open: bool,
    name: String,
    email: String,
    list: List,
) -> impl IntoView {
    let send = move |event| {
        state.submit_then(event, move || list.reload(Reason::Changed(id, RENAME)));
    };
    let whose = name.clone();
    view! {
        <details class="referrer-rename" open=open>
            <summary id=format!("{RENAME}{id}") class="button button-small">
                "Rename"
                <span class="visually-hidden">" " {whose}</span>
            </summary>
            <form
                class="referrer-form"
                method="post"
                action=ChangeReferrer::PATH
                novalidate
                on:submit=send
            >
                <input type="hidden" name="id" value=id.to_string() />
                <Version state filled_from=version />
                <div class="form-pair">
                    <Field state name="name" value=name />
                    <Field state name="email" label="Email" kind="email" value=email />
                </div>
                <SubmitButton state label="Save".to_owned() busy_label="Saving…" />
            </form>
        </details>
    }
}

/// Disables the code, or enables it again.
#[component]
fn Switch(
    state: FormState,
    id: i64,
    version: String,
    disabled: bool,
    name: String,
    list: List,
) -> impl IntoView {
    let send = move |event| {
        state.submit_then(event, move || {
            list.reload(Reason::Changed(id, SWITCH));
        });
    };
    view! {
        <form method="post" action=SetReferrerDisabled::PATH on:submit=send>
            <input type="hidden" name="id" value=id.to_string() />
            <input type="hidden" name="disabled" value=(!disabled).to_string() />
            <Version state filled_from=version />
            <button
                id=format!("{SWITCH}{id}")
                type="submit"
                class="button button-small button-quiet"
                aria-disabled=move || state.busy.get().then_some("true")
            >
                {if disabled { "Enable" } else { "Disable" }}
                <span class="visually-hidden">" " {name}</span>
            </button>
        </form>
    }
}

fn counts(referrals: u64, credited: u64) -> String {
    let noun = if referrals == 1 {
        "referral"
    } else {
        "referrals"
    };
    format!(
        "{} {noun}, {} credited",
        grouped(referrals),
        grouped(credited)
    )
}

#[cfg(test)]
mod tests {
    use super::counts;

    #[test]
    fn counts_are_words() {
        assert_eq!(counts(0, 0), "0 referrals, 0 credited");
        assert_eq!(counts(1, 1), "1 referral, 1 credited");
        assert_eq!(counts(1200, 3), "1,200 referrals, 3 credited");
    }
}
