//! A labeled field of a form that is sent without an island, with its error.

use domain::forms::Refusal;
use leptos::prelude::*;

use crate::components::password_script;

/// One field.
pub struct PlainField<'a> {
    /// The form's name, which keeps the ids of two forms on a page apart.
    pub form: &'static str,
    pub name: &'static str,
    pub label: &'static str,
    /// The `type` of the `<input>`.
    pub kind: &'static str,
    pub autocomplete: &'static str,
    /// What stands in the field before anything was typed.
    pub value: &'a str,
}

impl PlainField<'_> {
    /// The field; after a refusal with its error and what was typed.
    pub fn view(self, refusal: &Refusal) -> impl IntoView + use<> {
        let Self { name, form, .. } = self;
        let error = refusal.about(name).map(str::to_owned);
        let invalid = error.is_some();
        let (id, error_id) = (format!("{form}-{name}"), format!("{form}-{name}-error"));
        let typed = refusal.typed(name);
        let value = if typed.is_empty() { self.value } else { typed };
        let script = (self.kind == "password").then(password_script);
        view! {
            {script}
            <div class="field">
                <label for=id.clone()>{self.label}</label>
                <input
                    id=id
                    name=name
                    type=self.kind
                    autocomplete=self.autocomplete
                    value=value.to_owned()
                    autofocus=invalid
                    aria-required="true"
                    aria-invalid=invalid.then_some("true")
                    aria-describedby=error_id.clone()
                />
                <p class="field-error" id=error_id role=invalid.then_some("alert")>{error}</p>
            </div>
        }
    }
}
