//! What every form shares: it is sent once at a time, and errors leave what was typed in place.

use std::{pin::Pin, time::Duration};

use domain::forms::{FieldError, Refusal};
use leptos::{ev::SubmitEvent, html, prelude::*, task::spawn_local};
use web_sys::HtmlFormElement;

use super::{
    call::{CallError, fields, post, read},
    events::show_toast,
    labels::label,
    live_text::LiveText,
};
use crate::types::Outcome;

/// How long a form is busy before its button says so: what is quick does not flicker.
const BUSY_AFTER: Duration = Duration::from_millis(300);

/// Async work to finish before success is announced; receives the submitted fields, URL-encoded.
type Refresh = Box<dyn FnOnce(String) -> Pin<Box<dyn Future<Output = ()>>>>;

/// The state of one form.
#[derive(Clone, Copy)]
pub struct FormState {
    /// Why the form was refused last; empty if it was not.
    pub refusal: RwSignal<Refusal>,
    /// The form was sent and not answered yet, or the browser is already leaving the page.
    pub busy: RwSignal<bool>,
    /// It has been busy for so long that its button says so.
    pub shows_busy: RwSignal<bool>,
    /// Prefix of the ids of its fields, for a page with two forms that have the same fields.
    pub ids: &'static str,
    row: Option<i64>,
    summary: NodeRef<html::Div>,
}

impl FormState {
    /// A form that the page shows with `refusal`.
    pub fn new(refusal: Refusal) -> Self {
        let state = Self {
            refusal: RwSignal::new(refusal),
            busy: RwSignal::new(false),
            shows_busy: RwSignal::new(false),
            ids: "",
            row: None,
            summary: NodeRef::new(),
        };
        // "Back" from Stripe shows the page as it was left: the button must work again.
        Effect::new(move || {
            let handle = window_event_listener_untyped("pageshow", move |_| state.busy.set(false));
            on_cleanup(move || handle.remove());
        });
        Effect::new(move || {
            if !state.busy.get() {
                state.shows_busy.set(false);
                return;
            }
            // The form may be gone by then.
            let show = move || {
                let still = state.busy.try_get_untracked() == Some(true);
                state.shows_busy.set(still);
            };
            set_timeout(show, BUSY_AFTER);
        });
        state
    }

    /// Sets the prefix of the ids of its fields.
    #[must_use]
    #[cfg(any(feature = "ssr", feature = "console"))]
    pub fn with_ids(self, ids: &'static str) -> Self {
        Self { ids, ..self }
    }

    /// Adds the id of a row to the ids of its fields, for one of many forms in a list.
    #[must_use]
    #[cfg(any(feature = "ssr", feature = "console"))]
    pub fn with_row(self, row: i64) -> Self {
        Self {
            row: Some(row),
            ..self
        }
    }

    /// The id of its field `name`.
    pub fn id_of(self, name: &str) -> String {
        match self.row {
            Some(row) => format!("{}{row}-{name}", self.ids),
            None => format!("{}{name}", self.ids),
        }
    }

    /// Sends the form that `event` submits, and goes where the answer says.
    pub fn submit(self, event: SubmitEvent) {
        self.submit_then(event, || {});
    }

    /// Like [`Self::submit`]; if the answer stays on the page, `done` runs.
    pub fn submit_then(self, event: SubmitEvent, done: impl FnOnce() + 'static) {
        self.send(event, None, Box::new(|path| stay_or_go(path, done)));
    }

    /// Like [`Self::submit_then`], but success is announced only after `refresh`, which receives
    /// the URL-encoded fields.
    #[cfg(any(feature = "ssr", feature = "console"))]
    pub fn submit_and_refresh<Rest>(
        self,
        event: SubmitEvent,
        refresh: impl FnOnce(String) -> Rest + 'static,
        done: impl FnOnce() + 'static,
    ) where
        Rest: Future<Output = ()> + 'static,
    {
        let refresh = move |fields| Box::pin(refresh(fields)) as Pin<Box<dyn Future<Output = ()>>>;
        self.send(
            event,
            Some(Box::new(refresh)),
            Box::new(|path| stay_or_go(path, done)),
        );
    }

    /// Like [`Self::submit`], but calls `done` with the path that the answer names instead of going
    /// there; the path is empty if the answer stays on the page.
    #[cfg(any(feature = "ssr", not(feature = "console")))]
    pub fn submit_with(self, event: SubmitEvent, done: impl FnOnce(&str) + 'static) {
        self.send(event, None, Box::new(done));
    }

    // Not generic, so that the browser loads it once and not for every form.
    fn send(self, event: SubmitEvent, refresh: Option<Refresh>, done: Box<dyn FnOnce(&str)>) {
        event.prevent_default();
        if self.busy.get_untracked() {
            return;
        }
        let form: HtmlFormElement = event_target(&event);
        let (Some(path), Some(fields)) = (form.get_attribute("action"), fields(&form)) else {
            return;
        };
        self.busy.set(true);
        // The toast of an earlier form does not belong to this one.
        show_toast("");
        spawn_local(async move {
            let answer = post(&path, &fields).await;
            match answer.and_then(|answer| read(&answer)) {
                Ok(Outcome::Go(path)) => done(&path),
                Ok(Outcome::Done(notice)) => {
                    if let Some(refresh) = refresh {
                        refresh(fields).await;
                    }
                    self.succeed(&notice);
                    done("");
                }
                Ok(Outcome::Refused(refusal)) => self.refuse(refusal),
                Err(CallError::SessionEnded) => sign_in_again(),
                Err(error) => self.refuse(Refusal::message(error.sentence())),
            }
        });
    }

    fn succeed(self, notice: &str) {
        self.refusal.set(Refusal::default());
        self.busy.set(false);
        show_toast(notice);
    }

    fn refuse(self, refusal: Refusal) {
        self.refusal.set(refusal);
        self.busy.set(false);
        request_animation_frame(move || {
            if let Some(summary) = self.summary.get_untracked() {
                let _ = summary.focus();
            }
        });
    }
}

fn stay_or_go(path: &str, done: impl FnOnce()) {
    if path.is_empty() {
        done();
    } else {
        leave_for(path);
    }
}

/// Loads another page in full, since signing in changes the session.
pub fn leave_for(address: &str) {
    let _ = window().location().assign(address);
}

/// Goes to the sign-in page, which leads back to the page that is open now.
fn sign_in_again() {
    let here = window().location().pathname().unwrap_or_default();
    leave_for(&format!("/sign-in?next={here}"));
}

/// All errors of the form, at its top. The list takes the focus when it appears.
#[component]
pub fn FormErrors(state: FormState) -> impl IntoView {
    let any = |refusal: &Refusal| refusal.message.is_some() || !refusal.fields.is_empty();
    let title = move || {
        let message = state.refusal.with(|refusal| refusal.message.clone());
        LiveText(message.unwrap_or_else(|| "Please check what you entered.".to_owned()))
    };
    let links = move || {
        state.refusal.with(|refusal| {
            let errors = refusal.fields.iter();
            errors
                .map(|error| {
                    let to = format!("#{}", state.id_of(&error.field));
                    view! { <li><a href=to>{LiveText(with_label(error))}</a></li> }
                })
                .collect_view()
        })
    };
    view! {
        <div
            class="form-errors"
            tabindex="-1"
            autofocus=state.refusal.with_untracked(any)
            hidden=move || !state.refusal.with(any)
            node_ref=state.summary
        >
            <p class="form-errors-title">{title}</p>
            <ul>{links}</ul>
        </div>
    }
}

/// The sentence of an error, with the label of its field unless it names that itself.
fn with_label(error: &FieldError) -> String {
    let label = label(&error.field);
    if error.message.to_lowercase().contains(&label.to_lowercase()) {
        error.message.clone()
    } else {
        format!("{label}: {}", error.message)
    }
}

/// The button that submits the form.
#[component]
pub fn SubmitButton(
    state: FormState,
    label: String,
    /// Replaces the label while the form is being sent.
    #[prop(into)]
    busy_label: String,
    #[prop(default = "button button-primary")] class: &'static str,
) -> impl IntoView {
    let text = move || {
        LiveText(match state.shows_busy.get() {
            true => busy_label.clone(),
            false => label.clone(),
        })
    };
    view! {
        <button
            type="submit"
            class=class
            aria-disabled=move || state.busy.get().then_some("true")
            aria-busy=move || state.shows_busy.get().then_some("true")
        >
            {text}
        </button>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_names_its_field_once() {
        let sentence = |field, message: &str| with_label(&FieldError::new(field, message));
        assert_eq!(
            sentence("email", "Enter your email address."),
            "Enter your email address."
        );
        assert_eq!(
            sentence("password", "Use at least 8 characters."),
            "Password: Use at least 8 characters."
        );
    }
}
