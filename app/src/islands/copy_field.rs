//! A read-only text with a button that copies it.

use leptos::{html, prelude::*, task::spawn_local};
use wasm_bindgen_futures::JsFuture;

/// A read-only field and its button, which says when the text is copied.
#[component]
pub fn CopyField(
    #[prop(into)] id: String,
    #[prop(into)] label: String,
    value: String,
    #[prop(default = "Copy")] button: &'static str,
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
    let result = RwSignal::new("");
    let what = label.clone();
    let to_copy = value.clone();
    let copy = move |_| {
        let text = to_copy.clone();
        result.set("");
        spawn_local(async move {
            // Without TLS a browser has no clipboard API, except on localhost.
            let copied = window().is_secure_context()
                && JsFuture::from(window().navigator().clipboard().write_text(&text))
                    .await
                    .is_ok();
            if let (false, Some(field)) = (copied, field.get_untracked()) {
                field.select();
            }
            result.set(if copied {
                "Copied"
            } else {
                "The text is selected. Copy it with your keyboard."
            });
        });
    };
    view! {
        <div class="copy-field">
            <label for=id.clone()>{label}</label>
            <div class="copy-field-row">
                <input
                    id=id
                    type="text"
                    readonly
                    value=value
                    node_ref=field
                    on:focus=move |_| {
                        if let Some(field) = field.get_untracked() {
                            field.select();
                        }
                    }
                />
                <button type="button" class="button needs-script" on:click=copy>
                    {button}
                    <span class="visually-hidden">" " {what}</span>
                </button>
            </div>
            <p class="copy-field-result" role="status">{result}</p>
        </div>
    }
}
