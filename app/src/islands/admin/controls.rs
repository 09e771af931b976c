//! Controls that only the console has: a list to choose from, a text of many lines, a version.

use leptos::prelude::*;

use crate::islands::{erased::Erase, field::Ties, form::FormState, labels::label};

/// A list to choose from.
#[component]
pub fn SelectField(
    state: FormState,
    name: &'static str,
    /// Values and what they are called.
    options: Vec<(&'static str, &'static str)>,
    /// What is chosen while nothing was refused.
    value: String,
    #[prop(optional)] hint: Option<&'static str>,
    /// Told what is chosen, at first and whenever it changes.
    #[prop(optional)]
    chosen: Option<RwSignal<String>>,
) -> impl IntoView {
    let ties = Ties::new(state, name, hint);
    let value = ties.typed_or(value);
    let field = NodeRef::<leptos::html::Select>::new();
    Effect::new(move || {
        // A browser that goes back restores what was chosen.
        if let (Some(field), Some(chosen)) = (field.get(), chosen) {
            chosen.set(field.value());
        }
    });
    let options = options.into_iter().map(|(code, called)| {
        view! { <option value=code selected=code == value>{called}</option> }
    });
    let control = view! {
        <select
            id=ties.id()
            name=name
            node_ref=field
            aria-invalid=move || ties.wrong()
            aria-describedby=ties.described_by()
            on:change=move |event| {
                if let Some(chosen) = chosen {
                    chosen.set(event_target_value(&event));
                }
            }
        >
            {options.collect_view()}
        </select>
    };
    ties.around(label(name), control.erased())
}

/// A text of many lines.
#[component]
pub fn TextArea(
    state: FormState,
    name: &'static str,
    /// What it holds while nothing was refused.
    #[prop(optional)]
    value: String,
    #[prop(default = 3)] rows: u8,
    #[prop(optional)] hint: Option<&'static str>,
    /// It may stay empty.
    #[prop(optional)]
    optional: bool,
    /// Plain prose, and in any direction; otherwise something to be typed to the letter.
    #[prop(default = true)]
    prose: bool,
) -> impl IntoView {
    let ties = Ties::new(state, name, hint);
    let control = view! {
        <textarea
            id=ties.id()
            name=name
            rows=rows.to_string()
            autocomplete="off"
            dir=prose.then_some("auto")
            spellcheck=if prose { "true" } else { "false" }
            aria-required=(!optional).then_some("true")
            aria-invalid=move || ties.wrong()
            aria-describedby=ties.described_by()
            inner_html=content(&ties.typed_or(value))
        ></textarea>
    };
    ties.around(label(name), control.erased())
}

/// The content of a text area in HTML. As a child node nothing would become a space, and what waits
/// for hydration would stand in the text; a first line break is not part of the text.
fn content(text: &str) -> String {
    format!("\n{}", text.replace('&', "&amp;").replace('<', "&lt;"))
}

/// The version that the form was filled from; after a refusal the one that the refusal names.
#[component]
pub fn Version(
    state: FormState,
    #[prop(default = "version")] name: &'static str,
    #[prop(into)] filled_from: Signal<String>,
) -> impl IntoView {
    let version = move || {
        let refused = state.refusal.with(|refusal| refusal.typed(name).to_owned());
        match refused.is_empty() {
            true => filled_from.get(),
            false => refused,
        }
    };
    view! { <input type="hidden" name=name value=version /> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_stays_text() {
        assert_eq!(
            content("</textarea><b>&amp;"),
            "\n&lt;/textarea>&lt;b>&amp;amp;"
        );
        assert_eq!(content(""), "\n");
    }
}
