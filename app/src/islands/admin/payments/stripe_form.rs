//! A program's Stripe account: what is connected, and the forms that change it.

use domain::{credit::Program, forms::Refusal};
use leptos::{html, prelude::*, server_fn::ServerFn};

use super::stripe_facts::stripe_facts;
use crate::{
    islands::{
        admin::controls::{TextArea, Version},
        call::ask,
        field::Field,
        form::{Complaints, FormState, SubmitButton},
    },
    server_fns::admin::{ConnectStripe, DisconnectStripe, ReadPaymentSettings, TestStripe},
    types::admin::{PaymentSettings, StripeConnection},
};

/// The whole section.
#[island]
pub fn StripeSection(
    /// Whose account.
    program: Program,
    /// `Stripe`.
    title: String,
    /// What is connected.
    stripe: Option<StripeConnection>,
    /// Keys that were refused just before, for those who have no JavaScript.
    refused_keys: Refusal,
    /// What the test found wrong just before.
    refused_test: Refusal,
    /// Why it is still connected.
    refused_disconnect: Refusal,
) -> impl IntoView {
    let ids = match program {
        Program::Tenant => "stripe-tenant-",
        Program::Platform => "stripe-platform-",
    };
    let connection = RwSignal::new(stripe);
    let connected = Memo::new(move |_| connection.with(Option::is_some));
    let version = Signal::derive(move || {
        connection.with(|all| {
            all.as_ref()
                .map(|one| one.version.to_string())
                .unwrap_or_default()
        })
    });
    let heading = NodeRef::<html::H2>::new();
    let keys = FormState::new(refused_keys).with_ids(ids);
    let test = FormState::new(refused_test);
    let ending = FormState::new(refused_disconnect);
    let form = NodeRef::<html::Form>::new();
    // What the section shows follows what was done before anybody hears that it is done.
    let reread = move |_| async move {
        if let Ok(now) = ask::<ReadPaymentSettings>(&[]).await {
            connection.set(part(program, now));
        }
    };
    let send_keys = move |event| {
        // A key that was saved is never shown again, not even as dots.
        keys.send_after(event, reread, move || {
            if let Some(form) = form.get_untracked() {
                form.reset();
            }
        });
    };
    let send_test = move |event| {
        test.send_after(event, reread, || {});
    };
    let send_ending = move |event| {
        // The button is gone with the account; the section is where one goes on.
        ending.send_after(event, reread, move || {
            if let Some(heading) = heading.get_untracked() {
                let _ = heading.focus();
            }
        });
    };
    let hidden_program =
        move || view! { <input type="hidden" name="program" value=program.code() /> };
    let button = move || match (keys.busy.get(), connected.get()) {
        (true, _) => "Asking Stripe…",
        (false, true) => "Save keys",
        (false, false) => "Connect Stripe",
    };
    view! {
        <section class="panel stripe" aria-labelledby=format!("{ids}title")>
            <h2 class="panel-title" id=format!("{ids}title") tabindex="-1" node_ref=heading>
                {title}
            </h2>
            {move || connection.with(|stripe| stripe_facts(program, ids, stripe.as_ref()))}
            <div class="stripe-test" hidden=move || !connected.get()>
                <form method="post" action=TestStripe::PATH on:submit=send_test>
                    {hidden_program()}
                    <Complaints state=test />
                    <SubmitButton
                        state=test
                        label="Test connection".to_owned()
                        busy_label="Asking Stripe…"
                        class="button"
                    />
                </form>
            </div>
            <form
                class="stripe-keys"
                method="post"
                action=ConnectStripe::PATH
                novalidate
                node_ref=form
                on:submit=send_keys
            >
                <Complaints state=keys />
                {hidden_program()}
                <Version state=keys filled_from=version />
                {mode(keys, connection)}
                <Field
                    state=keys
                    name="secret_key"
                    kind="password"
                    hint="From Stripe, Developers, API keys. It is stored sealed and never shown again."
                />
                <TextArea
                    state=keys
                    name="webhook_secrets"
                    rows=2
                    prose=false
                    optional=true
                    hint="Each begins with whsec_; several are separated by spaces or lines."
                />
                <div class="check" hidden=move || !connected.get()>
                    <input
                        type="checkbox"
                        id=format!("{ids}same_account")
                        name="same_account"
                        value="on"
                        checked=keys.refusal.with_untracked(|all| all.typed("same_account") == "on")
                        aria-describedby=format!("{ids}same_account-hint {ids}same_account-complaint")
                    />
                    <label for=format!("{ids}same_account")>
                        "This is a new key of the same account"
                    </label>
                    <p class="field-hint" id=format!("{ids}same_account-hint")>
                        "Needed only where Stripe does not say it: for a restricted key, or while Stripe does not answer. An empty field keeps what is in force."
                    </p>
                    <p class="field-complaint" id=format!("{ids}same_account-complaint")>
                        {move || about(keys, "same_account")}
                    </p>
                </div>
                <button
                    type="submit"
                    class="button button-primary"
                    aria-disabled=move || keys.busy.get().then_some("true")
                >
                    {button}
                </button>
            </form>
            <details
                class="stripe-end"
                hidden=move || !connected.get()
                open=ending.refusal.with_untracked(|refusal| refusal.message.is_some())
            >
                <summary>"Disconnect"</summary>
                <p>{ending_words(program)}</p>
                <form method="post" action=DisconnectStripe::PATH on:submit=send_ending>
                    {hidden_program()}
                    <Version state=ending filled_from=version />
                    <Complaints state=ending />
                    <SubmitButton
                        state=ending
                        label="Disconnect Stripe".to_owned()
                        busy_label="Disconnecting…"
                        class="button button-danger"
                    />
                </form>
            </details>
        </section>
    }
}

/// Test or live, as the account is now.
fn mode(state: FormState, connection: RwSignal<Option<StripeConnection>>) -> impl IntoView {
    let ids = state.ids;
    let typed = state
        .refusal
        .with_untracked(|refusal| refusal.typed("mode").to_owned());
    let live = move || match typed.as_str() {
        "live" => true,
        "test" => false,
        _ => connection.with(|one| one.as_ref().is_some_and(|one| one.live)),
    };
    let is_live = live.clone();
    view! {
        <fieldset class="stripe-mode" aria-describedby=format!("{ids}mode-complaint")>
            <legend>"Mode"</legend>
            <div class="check">
                <input
                    type="radio"
                    id=format!("{ids}mode")
                    name="mode"
                    value="test"
                    checked=move || !live()
                />
                <label for=format!("{ids}mode")>"Test"</label>
            </div>
            <div class="check">
                <input
                    type="radio"
                    id=format!("{ids}mode-live")
                    name="mode"
                    value="live"
                    checked=is_live
                />
                <label for=format!("{ids}mode-live")>"Live"</label>
            </div>
            <p class="field-complaint" id=format!("{ids}mode-complaint")>
                {move || about(state, "mode")}
            </p>
        </fieldset>
    }
}

fn about(state: FormState, field: &str) -> Option<String> {
    state
        .refusal
        .with(|refusal| refusal.about(field).map(str::to_owned))
}

fn part(program: Program, settings: PaymentSettings) -> Option<StripeConnection> {
    match program {
        Program::Tenant => settings.tenant?.stripe,
        Program::Platform => settings.platform?.stripe,
    }
}

fn ending_words(program: Program) -> &'static str {
    match program {
        Program::Tenant => {
            "Nothing can be bought here until Stripe is connected again. Credits that fall due \
             meanwhile fail, and go on by themselves then."
        }
        Program::Platform => {
            "No plan can be bought until Stripe is connected again. Credits that fall due meanwhile \
             fail, and go on by themselves then."
        }
    }
}
