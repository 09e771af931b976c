//! One platform referrer: links to copy, counts, "Rename" and "Disable".

use domain::forms::Refusal;
use leptos::{prelude::*, server_fn::ServerFn};

use super::list::{Cause, List, link_id};
use crate::{
    islands::{
        admin::{controls::Version, thousands::grouped},
        copy_field::CopyField,
        field::Field,
        form::{Complaints, FormState, SubmitButton},
    },
    server_fns::admin::{ChangeReferrer, SetReferrerDisabled},
    types::admin::{Partner, PartnerLink},
};

/// What the ids of the buttons begin with.
const RENAME: &str = "rename-";
const SWITCH: &str = "switch-";

/// One line of the list. `refusal` is what was refused about this partner just before.
#[component]
pub fn PartnerRow(partner: Partner, list: List, refusal: Refusal) -> impl IntoView {
    let id = partner.id;
    let version = partner.version.to_string();
    // A refused change was typed; a refused switch was not.
    let open = refusal.typed.contains_key("name");
    let state = FormState::new(refusal).with_ids("partner-").with_row(id);
    let counts = move || {
        list.0.with(|all| {
            let one = all.iter().find(|one| one.id == id);
            one.map(|one| counts(one.referrals, one.credited))
        })
    };
    let name = partner.name.clone();
    let links = partner.links.into_iter().enumerate();
    let links = links.map(|(place, link)| link_field(id, place, link, &name));
    let disabled = partner
        .disabled
        .then(|| view! { <span class="badge">"Disabled"</span> });
    view! {
        <li class="partner" class:is-disabled=partner.disabled>
            <div class="partner-head">
                <h3 class="partner-name" dir="auto">{partner.name.clone()}</h3>
                {disabled}
            </div>
            <p class="partner-email">{partner.email.clone()}</p>
            <p class="partner-facts">
                "Code " <code>{partner.code}</code>
                <span>{counts}</span>
                <span>"Added " {partner.added_on}</span>
            </p>
            <div class="partner-links">{links.collect_view()}</div>
            <Complaints state />
            <div class="partner-actions">
                <Rename state id version=version.clone() open name=partner.name email=partner.email list />
                <Switch state id version disabled=partner.disabled name list />
            </div>
        </li>
    }
}

fn link_field(id: i64, place: usize, link: PartnerLink, name: &str) -> impl IntoView + use<> {
    view! {
        <CopyField
            id=link_id(id, place)
            label=format!("{} link of {name}", link.brand)
            value=link.url
        />
    }
}

/// Another name or address; opens without JavaScript too.
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
        state.send_here(event, move || list.reload(Cause::Changed(id, RENAME)));
    };
    let whose = name.clone();
    view! {
        <details class="partner-rename" open=open>
            <summary id=format!("{RENAME}{id}") class="button button-small">
                "Rename"
                <span class="visually-hidden">" " {whose}</span>
            </summary>
            <form
                class="partner-form"
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

/// Switches the code off, or on again.
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
        state.send_here(event, move || {
            list.reload(Cause::Changed(id, SWITCH));
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
