//! The step that confirms that a program is switched off while credits are on hold. It is plain, and keeps what
//! was typed in Site Settings.

use domain::credit::Program;
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_query_map;

use super::program_form::title;
use crate::{
    server_fns::admin::{PAYMENTS_PATH, SwitchOff},
    types::admin::{HeldCredits, SettingsForm, SwitchOffPage},
};

/// What is to be saved, from the address of the step.
pub fn form_in_address() -> SettingsForm {
    let query = use_query_map().read_untracked();
    let sent = |name: &str| query.get(name);
    SettingsForm {
        tenant_credit: sent("tenant_credit"),
        currency: sent("currency"),
        memory_days: sent("memory_days"),
        version: sent("version").unwrap_or_default(),
        platform_credit: sent("platform_credit"),
        platform_memory_days: sent("platform_memory_days"),
        platform_version: sent("platform_version").unwrap_or_default(),
        tenant_credit_confirmed: sent("tenant_credit_confirmed").unwrap_or_default(),
        platform_credit_confirmed: sent("platform_credit_confirmed").unwrap_or_default(),
    }
}

/// The step.
pub fn switch_off(form: &SettingsForm, page: SwitchOffPage) -> AnyView {
    if page.programs.is_empty() {
        return view! {
            <section class="panel" aria-labelledby="switch-off-title">
                <h2 class="panel-title" id="switch-off-title">"Nothing is on hold"</h2>
                <p class="account-standing">
                    "Save the settings again under " <a href=PAYMENTS_PATH>"Payments"</a> "."
                </p>
            </section>
        }
        .into_any();
    }
    let hidden = form.sent().into_iter().map(|(name, typed)| {
        view! { <input type="hidden" name=name value=typed.to_owned() /> }
    });
    let lines = form.sent().into_iter();
    let lines = lines.filter_map(|(name, typed)| {
        let label = label(name)?;
        let typed = if typed.trim().is_empty() { "0" } else { typed };
        Some(view! { <li>{label} ": " <span dir="auto">{typed.to_owned()}</span></li> })
    });
    let several = page.programs.len() > 1;
    let programs = page.programs.into_iter();
    let programs = programs.map(|(program, held)| choice(program, &held, several));
    view! {
        <section class="panel" aria-labelledby="switch-off-title">
            <h2 class="panel-title" id="switch-off-title">"Switch the program off?"</h2>
            <form class="sale" method="post" action=SwitchOff::PATH>
                {hidden.collect_view()}
                {programs.collect_view()}
                <p class="sale-words">"This is saved:"</p>
                <ul>{lines.collect_view()}</ul>
                <button type="submit" class="button button-primary">"Switch it off"</button>
                <a class="button" href=PAYMENTS_PATH>"Change nothing"</a>
            </form>
        </section>
    }
    .into_any()
}

/// What is on hold in a program, and the choice to void it.
fn choice(program: Program, held: &HeldCredits, several: bool) -> impl IntoView + use<> {
    let name = match program {
        Program::Tenant => "void_tenant",
        Program::Platform => "void_platform",
    };
    let whose = match several {
        true => format!("{}: ", title(program)),
        false => String::new(),
    };
    let words = format!(
        "{whose}{} It is issued when its hold ends, and once it is approved if it is under review, unless you void it.",
        held.sentence()
    );
    view! {
        <p class="sale-words">{words}</p>
        <div class="field">
            <label class="account-choice">
                <input type="checkbox" name=name value="on" />
                <span>"Void what is on hold or under review. It is never issued, and its referrals become Failed."</span>
            </label>
        </div>
    }
}

/// The label of a field of the form; `None` for what nobody typed.
fn label(field: &str) -> Option<&'static str> {
    Some(match field {
        "tenant_credit" => "Tenant Referral Credit Amount, in cents",
        "currency" => "Currency",
        "memory_days" => "Referral memory, in days",
        "platform_credit" => "Platform Referral Credit Amount, in cents",
        "platform_memory_days" => "Referral memory of platform referrals, in days",
        _ => return None,
    })
}
