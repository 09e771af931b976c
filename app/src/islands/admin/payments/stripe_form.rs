//! A program's Stripe account: its facts, and the forms that connect, test and disconnect it.

use domain::{credit::Program, forms::Refusal};
use leptos::{html, prelude::*, server_fn::ServerFn};

use super::stripe_facts::stripe_facts;
use crate::{
    islands::{
        admin::controls::{TextArea, Version},
        call::ask,
        field::Field,
        form::{FormErrors, FormState, SubmitButton},
        live_text::LiveText,
    },
    server_fns::admin::{ConnectStripe, DisconnectStripe, ReadPaymentSettings, TestStripe},
    types::admin::{PaymentSettings, StripeConnection},
};

#[island]
pub fn StripeSection(
    program: Program,
    title: String,
    /// The connected account.
    stripe: Option<StripeConnection>,
    /// A refusal of "Save keys" that was sent without JavaScript.
    refused_keys: Refusal,
    /// A refusal of "Test connection", likewise.
    refused_test: Refusal,
    /// A refusal of "Disconnect Stripe", likewise.
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
    let disconnect = FormState::new(refused_disconnect);
    let form = NodeRef::<html::Form>::new();
    // The section shows the new connection before the toast says that it is done.
    let refresh = move |_| async move {
        if let Ok(now) = ask::<ReadPaymentSettings>(&[]).await {
            connection.set(part(program, now));
        }
    };
    let send_keys = move |event| {
        // A saved key is never shown again, not even as dots.
        keys.submit_and_refresh(event, refresh, move || {
            if let Some(form) = form.get_untracked() {
                form.reset();
            }
        });
    };
    let send_test = move |event| {
        test.submit_and_refresh(event, refresh, || {});
    };
    let send_disconnect = move |event| {
        // The button disappears with the account, so the heading takes the focus.
        disconnect.submit_and_refresh(event, refresh, move || {
            if let Some(heading) = heading.get_untracked() {
                let _ = heading.focus();
            }
        });
    };
    let hidden_program =
        move || view! { <input type="hidden" name="program" value=program.code() /> };
    let button = move || {
        let label = match (keys.shows_busy.get(), connected.get()) {
            (true, _) => "Asking Stripe…",
            (false, true) => "Save keys",
            (false, false) => "Connect Stripe",
        };
        LiveText(label.to_owned())
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
                    <FormErrors state=test />
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
                <FormErrors state=keys />
                {hidden_program()}
                <Version state=keys filled_from=version />
                {mode(keys, connection)}
                <Field
                    state=keys
                    name="secret_key"
                    kind="password"
                    hint="In Stripe: Developers, API keys. It is stored encrypted and never shown again."
                />
                <TextArea
                    state=keys
                    name="webhook_secrets"
                    rows=2
                    prose=false
                    optional=true
                    hint="Each begins with whsec_. Leave it empty to have the webhook endpoint created at Stripe."
                />
                <div class="stripe-checks" hidden=move || !connected.get()>
                <div class="check">
                    <input
                        type="checkbox"
                        id=format!("{ids}replace_secrets")
                        name="replace_secrets"
                        value="on"
                        checked=keys.refusal.with_untracked(|all| all.typed("replace_secrets") == "on")
                    />
                    <label for=format!("{ids}replace_secrets")>
                        "Replace the active webhook secrets"
                    </label>
                </div>
                <div class="check">
                    <input
                        type="checkbox"
                        id=format!("{ids}same_account")
                        name="same_account"
                        value="on"
                        checked=keys.refusal.with_untracked(|all| all.typed("same_account") == "on")
                        aria-describedby=format!("{ids}same_account-hint {ids}same_account-error")
                    />
                    <label for=format!("{ids}same_account")>
                        "This is a new key of the same account"
                    </label>
                    <p class="field-hint" id=format!("{ids}same_account-hint")>
                        "Needed only for a restricted key, or while Stripe does not answer. An empty field keeps the current value."
                    </p>
                    <p class="field-error" id=format!("{ids}same_account-error")>
                        {move || about(keys, "same_account")}
                    </p>
                </div>
                </div>
                <button
                    type="submit"
                    class="button button-primary"
                    aria-disabled=move || keys.busy.get().then_some("true")
                    aria-busy=move || keys.shows_busy.get().then_some("true")
                >
                    {button}
                </button>
            </form>
            <details
                class="stripe-end"
                hidden=move || !connected.get()
                open=disconnect.refusal.with_untracked(|refusal| refusal.message.is_some())
            >
                <summary>"Disconnect"</summary>
                <p>{disconnect_warning(program)}</p>
                <form method="post" action=DisconnectStripe::PATH on:submit=send_disconnect>
                    {hidden_program()}
                    <Version state=disconnect filled_from=version />
                    <FormErrors state=disconnect />
                    <SubmitButton
                        state=disconnect
                        label="Disconnect Stripe".to_owned()
                        busy_label="Disconnecting…"
                        class="button button-danger"
                    />
                </form>
            </details>
        </section>
    }
}

/// The choice between test and live; it starts as the connected account is.
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
        <fieldset class="stripe-mode" aria-describedby=format!("{ids}mode-error")>
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
            <p class="field-error" id=format!("{ids}mode-error")>
                {move || about(state, "mode")}
            </p>
        </fieldset>
    }
}

fn about(state: FormState, field: &str) -> LiveText {
    state
        .refusal
        .with(|refusal| LiveText(refusal.about(field).unwrap_or_default().to_owned()))
}

fn part(program: Program, settings: PaymentSettings) -> Option<StripeConnection> {
    match program {
        Program::Tenant => settings.tenant?.stripe,
        Program::Platform => settings.platform?.stripe,
    }
}

fn disconnect_warning(program: Program) -> &'static str {
    match program {
        Program::Tenant => {
            "Nothing can be bought here until Stripe is connected again. Until then credits fail; \
             afterwards they are retried automatically."
        }
        Program::Platform => {
            "No plan can be bought until Stripe is connected again. Until then credits fail; \
             afterwards they are retried automatically."
        }
    }
}
