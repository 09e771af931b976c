//! What every form shares: one submission at a time, complaints without losing what was typed.

use std::pin::Pin;

use domain::forms::{FieldError, Refusal};
use leptos::{ev::SubmitEvent, html, prelude::*, task::spawn_local};
use web_sys::HtmlFormElement;

use super::{
    call::{Fault, fields, post, read},
    labels::label,
    live::say,
};
use crate::types::Outcome;

/// What is to be through before anybody hears that a form is done; given its fields.
type Follow = Box<dyn FnOnce(String) -> Pin<Box<dyn Future<Output = ()>>>>;

/// The state of one form.
#[derive(Clone, Copy)]
pub struct FormState {
    /// What was refused last.
    pub refusal: RwSignal<Refusal>,
    /// Sent and not answered yet, or already leaving the page.
    pub busy: RwSignal<bool>,
    /// What the ids of its fields begin with, where a page holds two forms with the same fields.
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
            ids: "",
            row: None,
            summary: NodeRef::new(),
        };
        // "Back" from Stripe shows the page as it was left: the button must answer again.
        Effect::new(move || {
            let handle = window_event_listener_untyped("pageshow", move |_| state.busy.set(false));
            on_cleanup(move || handle.remove());
        });
        state
    }

    /// The same form, the ids of its fields beginning with `ids`.
    #[must_use]
    pub fn with_ids(self, ids: &'static str) -> Self {
        Self { ids, ..self }
    }

    /// The same form, one of many in a list: the ids of its fields hold the `row`'s.
    #[must_use]
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

    /// Sends the form that `event` submits, once, and goes where the answer says.
    pub fn send(self, event: SubmitEvent) {
        self.send_here(event, || {});
    }

    /// Like [`Self::send`], for a form whose page stays: `done` reads again what the page shows.
    pub fn send_here(self, event: SubmitEvent, done: impl FnOnce() + 'static) {
        self.submit(event, None, Box::new(|path| stay_or_go(path, done)));
    }

    /// Like [`Self::send_here`], but nobody hears that it is done before `follow` is through, which
    /// is given the URL-encoded fields.
    pub fn send_after<Rest>(
        self,
        event: SubmitEvent,
        follow: impl FnOnce(String) -> Rest + 'static,
        done: impl FnOnce() + 'static,
    ) where
        Rest: Future<Output = ()> + 'static,
    {
        let follow = move |fields| Box::pin(follow(fields)) as Pin<Box<dyn Future<Output = ()>>>;
        self.submit(
            event,
            Some(Box::new(follow)),
            Box::new(|path| stay_or_go(path, done)),
        );
    }

    /// Like [`Self::send`], with `done` called instead of going; with an empty path where the page
    /// stays.
    pub fn send_then(self, event: SubmitEvent, done: impl FnOnce(&str) + 'static) {
        self.submit(event, None, Box::new(done));
    }

    // Not generic, so that the browser loads it once and not for every form.
    fn submit(self, event: SubmitEvent, follow: Option<Follow>, done: Box<dyn FnOnce(&str)>) {
        event.prevent_default();
        if self.busy.get_untracked() {
            return;
        }
        let form: HtmlFormElement = event_target(&event);
        let (Some(path), Some(fields)) = (form.get_attribute("action"), fields(&form)) else {
            return;
        };
        self.busy.set(true);
        // What was done before is not what this does.
        say("");
        spawn_local(async move {
            let answer = post(&path, &fields).await;
            match answer.and_then(|answer| read(&answer)) {
                Ok(Outcome::Go(path)) => done(&path),
                Ok(Outcome::Done(notice)) => {
                    if let Some(follow) = follow {
                        follow(fields).await;
                    }
                    self.settle(&notice);
                    done("");
                }
                Ok(Outcome::Refused(refusal)) => self.refuse(refusal),
                Err(Fault::SessionEnded) => sign_in_again(),
                Err(fault) => self.refuse(Refusal::message(fault.excuse())),
            }
        });
    }

    /// Done: no complaint is left, and the page says `notice`.
    fn settle(self, notice: &str) {
        self.refusal.set(Refusal::default());
        self.busy.set(false);
        say(notice);
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

/// Leaves the page for good: a full load, since signing in changes the session.
pub fn leave_for(address: &str) {
    let _ = window().location().assign(address);
}

/// To signing in, and back to the page that is open.
fn sign_in_again() {
    let here = window().location().pathname().unwrap_or_default();
    leave_for(&format!("/sign-in?next={here}"));
}

/// Everything that is wrong with the form, at its top; takes the focus when it appears.
#[component]
pub fn Complaints(state: FormState) -> impl IntoView {
    let any = |refusal: &Refusal| refusal.message.is_some() || !refusal.fields.is_empty();
    let title = move || {
        state.refusal.with(|refusal| {
            refusal
                .message
                .clone()
                .unwrap_or_else(|| "Check what you typed.".to_owned())
        })
    };
    let links = move || {
        state.refusal.with(|refusal| {
            let complaints = refusal.fields.iter();
            complaints
                .map(|error| {
                    let to = format!("#{}", state.id_of(&error.field));
                    view! { <li><a href=to>{complaint(error)}</a></li> }
                })
                .collect_view()
        })
    };
    view! {
        <div
            class="complaints"
            tabindex="-1"
            autofocus=state.refusal.with_untracked(any)
            hidden=move || !state.refusal.with(any)
            node_ref=state.summary
        >
            <p class="complaints-title">{title}</p>
            <ul>{links}</ul>
        </div>
    }
}

/// A complaint that says which field it is about, also where it stands far from that field.
fn complaint(error: &FieldError) -> String {
    let label = label(&error.field);
    if error.message.to_lowercase().contains(&label.to_lowercase()) {
        error.message.clone()
    } else {
        format!("{label}: {}", error.message)
    }
}

/// The button that sends the form.
#[component]
pub fn SubmitButton(
    state: FormState,
    /// What it does.
    label: String,
    /// What it says while that happens.
    #[prop(into)]
    busy_label: String,
    /// Its look.
    #[prop(default = "button button-primary")]
    class: &'static str,
) -> impl IntoView {
    let text = move || {
        if state.busy.get() {
            busy_label.clone()
        } else {
            label.clone()
        }
    };
    view! {
        <button type="submit" class=class aria-disabled=move || state.busy.get().then_some("true")>
            {text}
        </button>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_complaint_names_its_field_once() {
        let said = |field, message: &str| complaint(&FieldError::new(field, message));
        assert_eq!(
            said("email", "Enter your e-mail address."),
            "Enter your e-mail address."
        );
        assert_eq!(
            said("password", "Use at least 8 characters."),
            "Password: Use at least 8 characters."
        );
    }
}
