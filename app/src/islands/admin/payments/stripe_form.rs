//! A program's Stripe account: its facts, and the forms that connect, test and disconnect it.

use domain::{credit::Program, forms::Refusal};
use leptos::{html, prelude::*, server_fn::ServerFn, task::spawn_local};

use super::{
    signing_secrets::remove_secret,
    stripe_facts::{stripe_badges, stripe_facts},
};
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
    /// A refusal of "Remove the secret", likewise.
    refused_removal: Refusal,
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
    let removal = FormState::new(refused_removal).with_ids(ids);
    let disconnect = FormState::new(refused_disconnect);
    let form = NodeRef::<html::Form>::new();
    let removal_form = NodeRef::<html::Form>::new();
    let secrets = Memo::new(move |_| {
        connection.with(|all| {
            all.as_ref()
                .map(|one| one.secrets.clone())
                .unwrap_or_default()
        })
    });
    let fold = Fold::new();
    let unfolded = !connected.get_untracked() || keys.refusal.with_untracked(is_refused);
    // The section shows the new connection before the toast says that it is done.
    let refresh = move |_: String| async move {
        if let Ok(now) = ask::<ReadPaymentSettings>(&[]).await {
            connection.set(part(program, now));
        }
    };
    // Somebody else changed the connection: the section shows what it is now, and what was typed stays.
    for state in [keys, disconnect] {
        Effect::new(move || {
            let newer = state
                .refusal
                .with(|refusal| refusal.typed.get("version").cloned());
            if newer.is_some_and(|newer| newer != version.get_untracked()) {
                spawn_local(refresh(String::new()));
            }
        });
    }
    // What a test found out about the key is on the badge.
    Effect::new(move || {
        if test.refusal.with(is_refused) {
            spawn_local(refresh(String::new()));
        }
    });
    // The chosen secret may be gone: the section shows those that there are, and none of them is chosen.
    Effect::new(move || {
        if removal.refusal.with(is_refused) {
            reset(removal_form);
            spawn_local(refresh(String::new()));
        }
    });
    // Without an account the keys are what the section is about, and nothing unfolds them.
    Effect::new(move || {
        if !connected.get() {
            fold.open();
        }
    });
    let send_keys = move |event| {
        // A saved key is never shown again, not even as dots.
        keys.submit_and_refresh(event, refresh, move || {
            reset(form);
            if connected.get_untracked() {
                fold.close();
            }
        });
    };
    let send_test = move |event| {
        test.submit_and_refresh(event, refresh, || {});
    };
    let send_removal = move |event| {
        // The form disappears with the last but one, so the heading takes the focus.
        removal.submit_and_refresh(event, refresh, move || {
            reset(removal_form);
            if let Some(heading) = heading.get_untracked() {
                let _ = heading.focus();
            }
        });
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
            <div class="stripe-head">
                <h2 class="panel-title" id=format!("{ids}title") tabindex="-1" node_ref=heading>
                    {title}
                </h2>
                {move || connection.with(|stripe| stripe_badges(stripe.as_ref()))}
            </div>
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
            <details
                class="stripe-fold"
                open=unfolded
                node_ref=fold.details
            >
                <summary hidden=move || !connected.get() node_ref=fold.summary>
                    "Change keys"
                </summary>
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
                    <Field
                        state=keys
                        name="secret_key"
                        kind="password"
                        hint="In Stripe: Developers, API keys. It begins with sk_ or rk_, is stored encrypted and never shown again."
                    />
                    <TextArea
                        state=keys
                        name="webhook_secrets"
                        rows=2
                        prose=false
                        optional=true
                        hint="Each begins with whsec_. Leave this empty when you connect: the webhook endpoint is created for you."
                    />
                    <div class="stripe-checks" hidden=move || !connected.get()>
                        <p class="field-hint">
                            "An empty field keeps what is saved. New signing secrets are added to the active ones."
                        </p>
                        {replace_secrets(keys)}
                        {same_account(keys)}
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
            </details>
            {remove_secret(program, removal, secrets, version, removal_form, send_removal)}
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

/// The folded form with the keys of a connected account.
#[derive(Clone, Copy)]
struct Fold {
    details: NodeRef<html::Details>,
    summary: NodeRef<html::Summary>,
}

impl Fold {
    fn new() -> Self {
        Self {
            details: NodeRef::new(),
            summary: NodeRef::new(),
        }
    }

    fn open(self) {
        if let Some(details) = self.details.get() {
            let _ = details.set_attribute("open", "");
        }
    }

    /// Folds the form, whose button had the focus, once the line that unfolds it is shown.
    fn close(self) {
        request_animation_frame(move || {
            if let Some(details) = self.details.get_untracked() {
                let _ = details.remove_attribute("open");
            }
            if let Some(summary) = self.summary.get_untracked() {
                let _ = summary.focus();
            }
        });
    }
}

fn reset(form: NodeRef<html::Form>) {
    if let Some(form) = form.get_untracked() {
        form.reset();
    }
}

fn is_refused(refusal: &Refusal) -> bool {
    refusal.message.is_some() || !refusal.fields.is_empty()
}

fn replace_secrets(state: FormState) -> impl IntoView {
    let id = state.id_of("replace_secrets");
    view! {
        <div class="check">
            <input
                type="checkbox"
                id=id.clone()
                name="replace_secrets"
                value="on"
                checked=is_ticked(state, "replace_secrets")
            />
            <label for=id>"Replace the active webhook secrets"</label>
        </div>
    }
}

fn same_account(state: FormState) -> impl IntoView {
    let id = state.id_of("same_account");
    view! {
        <div class="check">
            <input
                type="checkbox"
                id=id.clone()
                name="same_account"
                value="on"
                checked=is_ticked(state, "same_account")
                aria-describedby=format!("{id}-hint {id}-error")
            />
            <label for=id.clone()>"This is a new key of the same account"</label>
            <p class="field-hint" id=format!("{id}-hint")>
                "Needed only for a restricted key, or while Stripe does not answer."
            </p>
            <p class="field-error" id=format!("{id}-error")>
                {move || about(state, "same_account")}
            </p>
        </div>
    }
}

fn is_ticked(state: FormState, name: &str) -> bool {
    state
        .refusal
        .with_untracked(|refusal| refusal.typed(name) == "on")
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
