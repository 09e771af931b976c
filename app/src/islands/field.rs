//! One labeled field of a form, with its hint and its error.

use leptos::prelude::*;

use super::{any_view::IntoAnyView, form::FormState, labels, live_text::LiveText};

/// Connects a control with its label, its hint and its error.
#[derive(Clone, Copy)]
pub struct FieldContext {
    state: FormState,
    name: &'static str,
    hint: Option<&'static str>,
    error: Memo<Option<String>>,
}

impl FieldContext {
    pub fn new(state: FormState, name: &'static str, hint: Option<&'static str>) -> Self {
        let error = Memo::new(move |_| {
            state
                .refusal
                .with(|refusal| refusal.about(name).map(str::to_owned))
        });
        Self {
            state,
            name,
            hint,
            error,
        }
    }

    pub fn id(self) -> String {
        self.state.id_of(self.name)
    }

    /// The control's `aria-describedby`.
    pub fn described_by(self) -> String {
        let id = self.id();
        match self.hint {
            Some(_) => format!("{id}-hint {id}-error"),
            None => format!("{id}-error"),
        }
    }

    /// The control's `aria-invalid`.
    pub fn invalid(self) -> Option<&'static str> {
        self.error.with(Option::is_some).then_some("true")
    }

    /// The same field without its error as long as `beside` says that the error stands elsewhere.
    #[cfg(any(feature = "ssr", feature = "console"))]
    pub fn unless(self, beside: Memo<bool>) -> Self {
        let below = self.error;
        let error = Memo::new(move |_| below.get().filter(|_| !beside.get()));
        Self { error, ..self }
    }

    /// What was typed before the form was refused, or `value` if it was not.
    pub fn typed_or(self, value: String) -> String {
        self.state
            .refusal
            .with_untracked(|refusal| refusal.typed.get(self.name).cloned())
            .unwrap_or(value)
    }

    /// Wraps `control` in its field: label, hint and error.
    pub fn wrap(self, label: &str, control: AnyView) -> AnyView {
        let id = self.id();
        let hint = self.hint.map(|hint| {
            view! { <p class="field-hint" id=format!("{id}-hint")>{hint}</p> }
        });
        view! {
            <div class="field">
                <label for=id.clone()>{label.to_owned()}</label>
                {control}
                {hint}
                <p class="field-error" id=format!("{id}-error")>
                    {move || LiveText(self.error.get().unwrap_or_default())}
                </p>
            </div>
        }
        .into_any_view()
    }
}

/// A text field; screen readers announce its hint and error together with it.
#[component]
pub fn Field(
    state: FormState,
    /// Its name in the form; the id is this name after [`FormState::ids`].
    name: &'static str,
    /// Replaces the label that [`labels::label`] has for the name.
    #[prop(optional)]
    label: Option<&'static str>,
    #[prop(default = "text")] kind: &'static str,
    #[prop(default = "off")] autocomplete: &'static str,
    /// Its value unless the form was refused.
    #[prop(optional)]
    value: String,
    #[prop(optional)] optional: bool,
    #[prop(optional)] inputmode: Option<&'static str>,
    #[prop(default = None, into)] hint: Option<&'static str>,
) -> impl IntoView {
    let context = FieldContext::new(state, name, hint);
    let control = view! {
        <input
            id=context.id()
            name=name
            type=kind
            value=context.typed_or(value)
            autocomplete=autocomplete
            inputmode=inputmode
            dir=(kind == "text").then_some("auto")
            aria-required=(!optional).then_some("true")
            aria-invalid=move || context.invalid()
            aria-describedby=context.described_by()
        />
    };
    context.wrap(
        label.unwrap_or_else(|| labels::label(name)),
        control.into_any_view(),
    )
}
