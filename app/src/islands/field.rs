//! One labelled field of a form, with its hint and its complaint.

use leptos::prelude::*;

use super::{erased::Erase, form::FormState, labels};

/// What ties a control to its label, its hint and its complaint.
#[derive(Clone, Copy)]
pub struct Ties {
    state: FormState,
    name: &'static str,
    hint: Option<&'static str>,
    complaint: Memo<Option<String>>,
}

impl Ties {
    /// Of the control `name`.
    pub fn new(state: FormState, name: &'static str, hint: Option<&'static str>) -> Self {
        let complaint = Memo::new(move |_| {
            state
                .refusal
                .with(|refusal| refusal.about(name).map(str::to_owned))
        });
        Self {
            state,
            name,
            hint,
            complaint,
        }
    }

    /// The control's id.
    pub fn id(self) -> String {
        self.state.id_of(self.name)
    }

    /// Its `aria-describedby`.
    pub fn described_by(self) -> String {
        let id = self.id();
        match self.hint {
            Some(_) => format!("{id}-hint {id}-complaint"),
            None => format!("{id}-complaint"),
        }
    }

    /// Its `aria-invalid`.
    pub fn wrong(self) -> Option<&'static str> {
        self.complaint.with(Option::is_some).then_some("true")
    }

    /// What was typed before the form was refused; otherwise `value`.
    pub fn typed_or(self, value: String) -> String {
        self.state
            .refusal
            .with_untracked(|refusal| refusal.typed.get(self.name).cloned())
            .unwrap_or(value)
    }

    /// The whole field around its `control`.
    pub fn around(self, called: &str, control: AnyView) -> AnyView {
        let id = self.id();
        let hint = self.hint.map(|hint| {
            view! { <p class="field-hint" id=format!("{id}-hint")>{hint}</p> }
        });
        view! {
            <div class="field">
                <label for=id.clone()>{called.to_owned()}</label>
                {control}
                {hint}
                <p class="field-complaint" id=format!("{id}-complaint")>
                    {move || self.complaint.get()}
                </p>
            </div>
        }
        .erased()
    }
}

/// A field whose complaint stands beside it and is read out with it.
#[component]
pub fn Field(
    state: FormState,
    /// The name in the form; with the form's prefix, the id.
    name: &'static str,
    /// What it is called, where that is not what [`labels::label`] says.
    #[prop(optional)]
    label: Option<&'static str>,
    #[prop(default = "text")] kind: &'static str,
    #[prop(default = "off")] autocomplete: &'static str,
    /// What it holds while nothing was refused.
    #[prop(optional)]
    value: String,
    /// It may stay empty.
    #[prop(optional)]
    optional: bool,
    #[prop(optional)] inputmode: Option<&'static str>,
    #[prop(optional)] hint: Option<&'static str>,
) -> impl IntoView {
    let ties = Ties::new(state, name, hint);
    let control = view! {
        <input
            id=ties.id()
            name=name
            type=kind
            value=ties.typed_or(value)
            autocomplete=autocomplete
            inputmode=inputmode
            dir=(kind == "text").then_some("auto")
            aria-required=(!optional).then_some("true")
            aria-invalid=move || ties.wrong()
            aria-describedby=ties.described_by()
        />
    };
    ties.around(
        label.unwrap_or_else(|| labels::label(name)),
        control.erased(),
    )
}
