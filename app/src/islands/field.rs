//! One labelled field of a form, with its hint and its complaint.

use leptos::prelude::*;

use super::form::FormState;

/// What a field is called, beside it and in the list of complaints.
pub fn label(name: &str) -> &str {
    match name {
        "first_name" => "First name",
        "last_name" => "Last name",
        "email" => "E-mail",
        "date_of_birth" => "Date of birth",
        "password" => "Password",
        other => other,
    }
}

/// A field whose complaint stands beside it and is read out with it.
#[component]
pub fn Field(
    state: FormState,
    /// The name in the form, and the id.
    name: &'static str,
    #[prop(default = "text")] kind: &'static str,
    autocomplete: &'static str,
    #[prop(optional)] hint: Option<&'static str>,
) -> impl IntoView {
    let typed = state
        .refusal
        .with_untracked(|refusal| refusal.typed(name).to_owned());
    let complaint = Memo::new(move |_| {
        state
            .refusal
            .with(|refusal| refusal.about(name).map(str::to_owned))
    });
    let wrong = move || complaint.with(Option::is_some).then_some("true");
    let described_by = match hint {
        Some(_) => format!("{name}-hint {name}-complaint"),
        None => format!("{name}-complaint"),
    };
    view! {
        <div class="field">
            <label for=name>{label(name)}</label>
            <input
                id=name
                name=name
                type=kind
                value=typed
                autocomplete=autocomplete
                aria-required="true"
                aria-invalid=wrong
                aria-describedby=described_by
            />
            {hint.map(|hint| view! { <p class="field-hint" id=format!("{name}-hint")>{hint}</p> })}
            <p class="field-complaint" id=format!("{name}-complaint")>
                {move || complaint.get()}
            </p>
        </div>
    }
}
