//! A read-only text with a button that copies it. `app/src/app/copy.js` does so before the browser has loaded
//! the WASM, too.

use leptos::{html, prelude::*};

use super::icon::{Icon, icon};

/// A read-only field and its button, beside which it says when the text is copied.
#[component]
pub fn CopyField(
    #[prop(into)] id: String,
    #[prop(into)] label: String,
    value: String,
    #[prop(default = "Copy")] button: &'static str,
    /// The button is the one that the page is about.
    #[prop(optional)]
    primary: bool,
    /// Takes the focus when it appears, since it replaces the button that had it.
    #[prop(optional)]
    take_focus: bool,
) -> impl IntoView {
    let field = NodeRef::<html::Input>::new();
    Effect::new(move || {
        if let Some(field) = field.get().filter(|_| take_focus) {
            let _ = field.focus();
        }
    });
    let what = label.clone();
    view! {
        <div class="copy-field">
            <label for=id.clone()>{label}</label>
            <div class="copy-field-row">
                <input id=id type="text" readonly value=value node_ref=field />
                <button type="button" class="button needs-script" class:button-primary=primary>
                    {icon(Icon::Copy)}
                    {button}
                    <span class="visually-hidden">" " {what}</span>
                </button>
            </div>
            <p class="copy-field-result" role="status"></p>
        </div>
    }
}
