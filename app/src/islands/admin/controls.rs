//! Form controls of the console: a select field, a text area, and the hidden version of a row.

use leptos::prelude::*;

use crate::islands::{any_view::IntoAnyView, field::FieldContext, form::FormState, labels::label};

/// A select field.
#[component]
pub fn SelectField(
    state: FormState,
    name: &'static str,
    /// The value and the label of each option.
    options: Vec<(&'static str, &'static str)>,
    /// The chosen value unless the form was refused.
    value: String,
    #[prop(optional)] hint: Option<&'static str>,
    /// Set to the chosen value at first and after each change.
    #[prop(optional)]
    chosen: Option<RwSignal<String>>,
) -> impl IntoView {
    let context = FieldContext::new(state, name, hint);
    let value = context.typed_or(value);
    let field = NodeRef::<leptos::html::Select>::new();
    Effect::new(move || {
        // Going back, a browser restores the chosen value.
        if let (Some(field), Some(chosen)) = (field.get(), chosen) {
            chosen.set(field.value());
        }
    });
    let options = options.into_iter().map(|(code, label)| {
        view! { <option value=code selected=code == value>{label}</option> }
    });
    let control = view! {
        <select
            id=context.id()
            name=name
            node_ref=field
            aria-invalid=move || context.invalid()
            aria-describedby=context.described_by()
            on:change=move |event| {
                if let Some(chosen) = chosen {
                    chosen.set(event_target_value(&event));
                }
            }
        >
            {options.collect_view()}
        </select>
    };
    context.wrap(label(name), control.into_any_view())
}

/// A text of several lines.
#[component]
pub fn TextArea(
    state: FormState,
    name: &'static str,
    /// Its value unless the form was refused.
    #[prop(optional)]
    value: String,
    #[prop(default = 3)] rows: u8,
    #[prop(optional)] hint: Option<&'static str>,
    #[prop(optional)] optional: bool,
    /// Prose, which may be written from right to left and is spell-checked; a key is not.
    #[prop(default = true)]
    prose: bool,
) -> impl IntoView {
    let context = FieldContext::new(state, name, hint);
    let control = view! {
        <textarea
            id=context.id()
            name=name
            rows=rows.to_string()
            autocomplete="off"
            dir=prose.then_some("auto")
            spellcheck=if prose { "true" } else { "false" }
            aria-required=(!optional).then_some("true")
            aria-invalid=move || context.invalid()
            aria-describedby=context.described_by()
            inner_html=text_area_content(&context.typed_or(value))
        ></textarea>
    };
    context.wrap(label(name), control.into_any_view())
}

/// The content of a text area as HTML. It cannot be a child node: Leptos would write a space for an
/// empty one and leave its hydration marks in the text. HTML ignores the line break at the start.
pub fn text_area_content(text: &str) -> String {
    format!("\n{}", text.replace('&', "&amp;").replace('<', "&lt;"))
}

/// The hidden version that the form was filled from, or the newer one that a refusal names.
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

/// The parameters of a URL's query as hidden fields: a form that is sent with `GET` replaces the query.
pub fn hidden_fields(query: &str) -> AnyView {
    let pairs = form_urlencoded::parse(query.as_bytes());
    let fields = pairs.map(|(name, value)| {
        let (name, value) = (name.into_owned(), value.into_owned());
        view! { <input type="hidden" name=name value=value /> }
    });
    fields.collect_view().into_any_view()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typed_html_stays_text() {
        assert_eq!(
            text_area_content("</textarea><b>&amp;"),
            "\n&lt;/textarea>&lt;b>&amp;amp;"
        );
        assert_eq!(text_area_content(""), "\n");
    }
}
